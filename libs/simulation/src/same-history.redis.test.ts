/** A seed is the same history each time. That seeds come right is for tools/simulate, where they run much faster. */
import { runSeed, startServers, stopServers } from './index.js';

describe('the simulator', () => {
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
});
