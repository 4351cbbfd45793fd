/** Seeds that have failed come right, and a seed is the same history each time. */
import { RealRedis, runSeed } from './index.js';
import { REGRESSIONS } from './testing/regressions.js';
import { failuresOf } from './testing/run-seeds.js';

describe('the simulator', () => {
  it('finds nothing wrong any more where it once has', async () => {
    expect(await failuresOf(REGRESSIONS.map(([seed]) => seed))).toEqual([]);
  }, 300_000);

  it('tells the same history of a seed each time, byte for byte', async () => {
    const redises = await Promise.all([1, 2, 3].map(() => RealRedis.start()));
    try {
      for (const seed of [2, 3, 21]) {
        const options = { redises, regions: null, trace: true };
        const first = await runSeed(seed, options);
        expect(first.trace.length).toBeGreaterThan(100);
        expect((await runSeed(seed, options)).trace.join('\n')).toBe(first.trace.join('\n'));
      }
    } finally {
      await Promise.all(redises.map((redis) => redis.stop()));
    }
  }, 120_000);
});
