import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

/**
 * Runs tools/e2e/<name>.e2e.test.ts on this console with `env` added to the environment, or of it the tests whose names fit
 * `pattern`. Gives whether they passed.
 */
export function endToEnd(name, env, allInOne, pattern = '') {
  const app = allInOne ? { HEADCOUNT_E2E_APP: 'all-in-one' } : {};
  const args = [jest, '--rootDir', root, '--runInBand', `tools/e2e/${name}.e2e`, '-t', pattern];
  const { status } = spawnSync(process.execPath, args, {
    ...{ cwd: root, stdio: 'inherit' },
    env: { ...process.env, ...env, ...app },
  });
  return status === 0;
}
