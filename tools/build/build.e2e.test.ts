/**
 * Goal    `npm run build` and Nx make the same dist/, take nothing away from under what runs there, and leave nothing running.
 * Method  the real commands on the real workspace, one after the other.
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const ENV = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' };

const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(process.execPath, [join(ROOT, program), ...args], {
    ...{ cwd: ROOT, env: ENV, encoding: 'utf8' },
  });
const MADE = /dist\/: \d+ files compiled/;

it('is the same through Nx, which leaves each file where it is, and no daemon', () => {
  expect(run('tools/build/build-dist.mjs')).toMatch(MADE);
  const file = join(ROOT, 'dist/apps/counter-api/src/main.js');
  const before = statSync(file);
  for (let times = 0; times < 2; times += 1) {
    expect(run('node_modules/.bin/nx', 'run', 'headcount:build')).toMatch(MADE);
    expect(statSync(file).ino).toBe(before.ino);
  }
  expect(execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' })).not.toMatch(
    /nx\/.*daemon\/server/,
  );
});
