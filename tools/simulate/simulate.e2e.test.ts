/**
 * Goal    whole deployments come right under faults of every kind, seed by seed; more with `npm run simulate`.
 * Method  the command, on what was built: within Jest, where all globals are looked up anew, a seed takes eight times as long.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SEEDS = 300;

describe('npm run simulate', () => {
  it(`finds nothing wrong in ${SEEDS} seeds`, async () => {
    const command = [join(__dirname, 'simulate.mjs'), '--seeds', String(SEEDS)];
    // Rejects with what was printed where a seed has failed.
    const { stdout } = await promisify(execFile)(process.execPath, command);
    const last = stdout.trim().split('\n').at(-1);
    expect(last).toMatch(new RegExp(`^${SEEDS} seeds, 0 failed;`));
    process.stdout.write(`${last}\n`);
  }, 300_000);

  it('says what to write instead of a number of regions that there cannot be', async () => {
    const command = [join(__dirname, 'simulate.mjs'), '--regions', '17'];
    await expect(promisify(execFile)(process.execPath, command)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('1 to 16') as string,
    });
  });
});
