/**
 * Goal    the checkers see what is wrong, each kind of it.
 * Method  one mistake after the other is planted into the scripts, and seeds run until one fails.
 */
import { runSeed, startServers, stopServers } from './index.js';
import { PLANTED, planting } from './testing/planted.js';

const SEEDS_MAX = 400;

describe('the checkers', () => {
  it.each(PLANTED)(
    'find out that $mistake',
    async (planted) => {
      const redises = await startServers(null, planting(planted));
      try {
        let wrong: readonly string[] = [];
        const last = planted.near + SEEDS_MAX;
        for (let seed = planted.near; seed < last && wrong.length === 0; seed += 1) {
          const { failure } = await runSeed(seed, { redises, regions: null, trace: false });
          wrong = failure?.wrong ?? [];
        }
        expect(wrong.join('\n')).toMatch(planted.seen);
      } finally {
        await stopServers(redises);
      }
    },
    120_000,
  );
});
