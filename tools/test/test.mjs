/**
 * `npm test [-- PATTERN …]`: installs what is missing, then lint, types, build and all tests. PATTERN, and any option of
 * Jest, goes to Jest. The last line is `N passed, N failed`, where every other stage counts as one test. The exit code is
 * 0 only if tests ran and nothing failed.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALWAYS } from '../setup/consent.mjs';
import { ensureNodeModules } from '../setup/node-modules.mjs';
import { CHROMIUM, ensureProgram, PGBOUNCER, POSTGRES, REDIS } from '../setup/programs.mjs';
import { runJest } from './jest-stage.mjs';
import { runCommand } from './run-command.mjs';
import { conclude, failed, runStages, together } from './run-stages.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const jestArgs = process.argv.slice(2);

const TSC = 'node_modules/typescript/bin/tsc';

/** Tests with real processes that mostly wait run two at a time, beside all others. */
const ALONE = '/tools/(e2e|start|build|simulate|bench)/[^/]+\\.e2e\\.test\\.ts$';
const beside = ['--maxWorkers=2', '--testPathIgnorePatterns', '/node_modules/', ALONE];
const files = (...names) =>
  names.flatMap((name) => ['--testMatch', `**/tools/${name}.e2e.test.ts`]);
const twoAtATime = (...names) => ['--maxWorkers=2', ...files(...names)];
/** Those that have a pace to keep, or use both cores themselves, are alone and last. */
const alone = (...names) => ['--runInBand', ...files(...names)];
const PACED = 'storm|churn|browser|rolling-restart';
/** What must hold as well where the three apps are one process; all others with HEADCOUNT_E2E_APP=all-in-one. */
const wholeChain = ['--runInBand', '--testMatch', '**/tools/e2e/presence.e2e.test.ts'];

/** A stage that is one check: it passes if `work` does not reject. */
function check(name, work) {
  const run = async () => {
    await work();
    return { passed: 1, failures: [] };
  };
  return { name, run };
}

function programCheck(program) {
  const ensure = () => ensureProgram(program, { print: console.log, consent: ALWAYS });
  return check(program.name, ensure);
}

function command(name, file, ...args) {
  return check(name, async () => {
    const failure = await runCommand(process.execPath, [join(root, file), ...args]);
    if (failure !== undefined) throw new Error(failure);
  });
}

function tests(name, options, env) {
  return { name, run: () => runJest(root, [...jestArgs, ...options], env) };
}

async function testEverything() {
  // Without them nothing can run at all; without a program only the tests that need it fail.
  await ensureNodeModules(root, console.log);
  const outcomes = await runStages(
    [
      ...[REDIS, CHROMIUM, POSTGRES, PGBOUNCER].map(programCheck),
      // Each is one thread for the most part, so one by one they would leave a core idle.
      together(
        command('lint', 'node_modules/eslint/bin/eslint.js', '.'),
        command('types', TSC, '--noEmit', '-p', 'tsconfig.json'),
        command('types for browsers', TSC, '--noEmit', '-p', 'libs/client/tsconfig.json'),
        command('build', 'tools/build/build-dist.mjs'),
      ),
      tests('tests', beside),
      tests('end-to-end tests', twoAtATime(`e2e/!(${PACED})`, '{start,bench,build}/*')),
      tests('end-to-end tests, each alone', alone(`e2e/@(${PACED})`, 'simulate/*')),
      tests('end-to-end tests, all in one', wholeChain, { HEADCOUNT_E2E_APP: 'all-in-one' }),
    ],
    console.log,
  );
  const tested = outcomes.slice(-4).some(({ passed, failures }) => passed + failures.length > 0);
  return tested ? outcomes : [...outcomes, failed('no test was run')];
}

process.chdir(root);
const outcomes = await testEverything().catch(({ message }) => [failed(message)]);
process.exitCode = conclude(outcomes, console.log);
