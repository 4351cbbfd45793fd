/**
 * `npm run verify:laws [-- PATTERN …]`: every law of libs/crdt, each on 100,000 random cases instead of the 10,000 of
 * `npm test`; HEADCOUNT_LAW_RUNS sets another number. PATTERN names files, and any option of Jest goes to Jest, as
 * `-t G-counter` does. A failing law prints its seed and its smallest case. Exit code 0 only if laws were tried and
 * all of them hold.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const LAW_MS_MAX = 10 * 60_000;

const cases = process.env.HEADCOUNT_LAW_RUNS ?? '100000';
const asked = process.argv.slice(2);
const config = {
  ...createRequire(import.meta.url)(join(root, 'jest.config.cjs')),
  reporters: [[join(root, 'tools/verify/law-reporter.cjs'), { cases }]],
  roots: [join(root, 'libs/crdt')],
  testMatch: ['**/*.property.test.ts'],
};
const { status } = spawnSync(
  process.execPath,
  [
    jest,
    ...['--config', JSON.stringify(config)],
    ...['--maxWorkers', '2', '--testTimeout', String(LAW_MS_MAX)],
    // Examples are for `npm test`.
    ...(asked.includes('-t') ? [] : ['-t', '\\blaws\\b']),
    ...asked,
  ],
  { cwd: root, env: { ...process.env, HEADCOUNT_LAW_RUNS: cases }, stdio: 'inherit' },
);
process.exit(status ?? 1);
