/** Seeds that have failed come right, and a seed is the same history each time. */
import { runSeed, startServers, stopServers } from './index.js';
import { REGRESSIONS } from './testing/regressions.js';
import { failuresOf } from './testing/run-seeds.js';

describe('the simulator', () => {
  it('finds nothing wrong any more where it once has', async () => {
    expect(await failuresOf(REGRESSIONS.map(([seed]) => seed))).toEqual([]);
  }, 300_000);

  it('tells the same history of a seed each time, byte for byte', async () => {
    const redises = await startServers(null);
    try {
      for (const seed of [2, 3, 21]) {
        const options = { redises, regions: null, trace: true };
        const first = await runSeed(seed, options);
        expect(first.trace.length).toBeGreaterThan(100);
        expect((await runSeed(seed, options)).trace.join('\n')).toBe(first.trace.join('\n'));
      }
    } finally {
      await stopServers(redises);
    }
  }, 120_000);

  it('comes right with many regions too', async () => {
    // With 16 a seed takes half a minute: `npm run simulate -- --regions 16`.
    expect(await failuresOf([1], 5)).toEqual([]);
  }, 300_000);
});
