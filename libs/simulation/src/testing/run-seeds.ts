/** Runs seeds on servers of their own and tells which have failed, and how. */
import { startServers, stopServers } from '../redis/servers.js';
import { runSeed } from '../run-seed.js';
import { describeFailure, shrink } from '../shrink.js';

/** What each seed that failed has to say; nothing where all is well. `regions`: how many each has; null: drawn. */
export async function failuresOf(
  seeds: Iterable<number>,
  regions: number | null = null,
): Promise<readonly string[]> {
  const redises = await startServers(regions);
  const options = { redises, regions, trace: false };
  const failures: string[] = [];
  try {
    for (const seed of seeds) {
      const verdict = await runSeed(seed, options);
      if (verdict.failure) failures.push(describeFailure(await shrink(verdict, options)));
    }
  } finally {
    await stopServers(redises);
  }
  return failures;
}
