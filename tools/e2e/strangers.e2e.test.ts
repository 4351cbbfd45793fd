/**
 * Goal    no stranger gets what was not granted, stops an app, or spoils a count of another.
 * Method  the program of `npm run soak -- strangers` in its short form: one request of each kind of attack against real
 *         processes, with an honest population on 200 sockets whose counts are compared after each. Times are not judged here.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const RUN = join(__dirname, '../soak/strangers/run.mjs');
const RUN_MS_MAX = 240_000;

describe('one request of each kind of attack', () => {
  it(
    'is refused or bounded, and every honest count stays exact',
    () => {
      const options = { encoding: 'utf8', timeout: RUN_MS_MAX } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, '--once'], options);
      const lines = stdout.trim().split('\n');
      // The attacks that did not hold, each with the lines that say why.
      const failed = lines.filter((line) => !/^\d+\/\d+ held /.test(line)).slice(0, -1);
      expect([failed, stderr]).toEqual([[], '']);
      expect(lines.at(-1)).toMatch(/^[4-9]\d attacks held, 0 failed$/);
      expect(status).toBe(0);
    },
    RUN_MS_MAX + 10_000,
  );
});
