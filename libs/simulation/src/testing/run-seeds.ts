/** Runs seeds on servers of their own and tells which have failed, and how. */
import { RealRedis } from '../redis/real-redis.js';
import { runSeed } from '../run-seed.js';
import { describeFailure, shrink } from '../shrink.js';

const REGIONS_MAX = 3;

/** What each seed that failed has to say; nothing where all is well. */
export async function failuresOf(seeds: Iterable<number>): Promise<readonly string[]> {
  const redises = await Promise.all(Array.from({ length: REGIONS_MAX }, () => RealRedis.start()));
  const options = { redises, regions: null, trace: false };
  const failures: string[] = [];
  try {
    for (const seed of seeds) {
      const verdict = await runSeed(seed, options);
      if (verdict.failure) failures.push(describeFailure(await shrink(verdict, options)));
    }
  } finally {
    await Promise.all(redises.map((redis) => redis.stop()));
  }
  return failures;
}
