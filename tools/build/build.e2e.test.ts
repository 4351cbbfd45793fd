/**
 * Goal    `npm run build` takes no time when nothing has changed, and leaves nothing running.
 * Method  the real command on the real workspace, twice.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const build = (): string =>
  execFileSync(process.execPath, [join(__dirname, 'build.mjs')], { encoding: 'utf8' });

it('has the last build back from the cache of Nx, without a daemon', () => {
  build();
  expect(build()).toMatch(/^dist\/: \d+ files compiled, .*\(unchanged\)\n$/);
  expect(execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' })).not.toMatch(
    /nx\/.*daemon\/server/,
  );
});
