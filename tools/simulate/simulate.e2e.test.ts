/**
 * Goal    whole deployments come right under faults of every kind, seed by seed; more with `npm run simulate`.
 * Method  the command, on what was built: within Jest, where all globals are looked up anew, a seed takes eight times as long.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SEEDS = 200;

/** Runs the command; the last line that it printed. Rejects with all of it where a seed has failed. */
async function simulate(...args: readonly string[]): Promise<string> {
  const command = [join(__dirname, 'simulate.mjs'), ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  process.stdout.write(`${last}\n`);
  return last;
}

describe('npm run simulate', () => {
  it(`finds nothing wrong in ${SEEDS} seeds`, async () => {
    expect(await simulate('--seeds', String(SEEDS))).toMatch(
      new RegExp(`^${SEEDS} seeds, 0 failed;`),
    );
  }, 300_000);

  it('finds nothing wrong any more where it once has', async () => {
    expect(await simulate('--regressions')).toMatch(/^[1-9]\d* seeds, 0 failed;/);
  }, 300_000);

  it('comes right with many regions too', async () => {
    // With 16 a seed takes half a minute: `npm run simulate -- --regions 16`.
    expect(await simulate('--regions', '5')).toMatch(/^1 seeds, 0 failed;/);
  }, 300_000);

  it('says what to write instead of a number of regions that there cannot be', async () => {
    const command = [join(__dirname, 'simulate.mjs'), '--regions', '17'];
    await expect(promisify(execFile)(process.execPath, command)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('1 to 16') as string,
    });
  });
});
