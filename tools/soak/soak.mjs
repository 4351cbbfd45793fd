/**
 * `npm run soak [-- --seed N] [--seeds M] [--seconds S] [--all-in-one]`: the storm of tools/e2e/storm.e2e.test.ts with M
 * seeds from N on, S seconds each, until one fails. Build first (`npm run build`). Exit code 1 at the first failure.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '60' },
    'all-in-one': { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
const count = Number(values.seeds);
for (let seed = first; seed < first + count; seed += 1) {
  console.log(`Seed ${seed} (${seed - first + 1} of ${count}), ${values.seconds} s of storm …`);
  const env = {
    ...process.env,
    HEADCOUNT_STORM_SEED: String(seed),
    HEADCOUNT_STORM_SECONDS: values.seconds,
    ...(values['all-in-one'] ? { HEADCOUNT_E2E_APP: 'all-in-one' } : {}),
  };
  const args = [jest, '--rootDir', root, '--runInBand', 'tools/e2e/storm'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
console.log(`${count} storms, every count exact.`);
