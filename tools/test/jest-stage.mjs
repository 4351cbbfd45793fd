import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runCommand } from './run-command.mjs';

const REASON_CHARACTERS_MAX = 400;

/**
 * Runs Jest with `args`, and `env` added to the environment, and resolves with Jest's own numbers: `passed`, and `failures`, one line for each test that
 * failed, with the reason, each file that could not be run, and for Jest itself if it crashed or did not end.
 */
export async function runJest(root, args, env) {
  const folder = mkdtempSync(join(tmpdir(), 'headcount-jest-'));
  const report = join(folder, 'report.json');
  const jest = [join(root, 'node_modules/jest/bin/jest.js'), '--json', `--outputFile=${report}`];
  try {
    const failure = await runCommand(process.execPath, [...jest, '--passWithNoTests', ...args], {
      isFinished: () => existsSync(report),
      env,
    });
    const { passed, failures } = existsSync(report)
      ? readReport(root, JSON.parse(readFileSync(report, 'utf8')))
      : { passed: 0, failures: [] };
    const explained = failures.length > 0 || failure === undefined;
    return { passed, failures: explained ? failures : [`jest: ${failure}`] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(root, { numPassedTests, testResults }) {
  const failures = testResults.flatMap(({ name, status, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length > 0)
      return failed.map((test) => `${file}: ${test.fullName}: ${reason(test)}`);
    return status === 'failed' ? [`${file}: could not be run`] : [];
  });
  return { passed: numPassedTests, failures };
}

/** Why a test failed, without where, on one line: of a long run the end may be all that is kept. */
function reason({ failureMessages }) {
  const [message = ''] = failureMessages;
  const [what] = stripVTControlCharacters(message).split(/\n\s+at /);
  return what.replace(/\s+/g, ' ').trim().slice(0, REASON_CHARACTERS_MAX);
}
