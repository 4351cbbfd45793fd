/** What is left when everybody has left and the sweeps have been round: durable counters, and nothing that grows. */
import type { World } from '../core/world.js';
import type { Standing, Truth } from './convergence.js';

/** After so long a zero may be swept, on the clocks of the counter-apis. */
const ZEROS_MS = 130_000;
/** Two rounds of sweeps, each bucket in turn. */
const ROUNDS_MS = 45_000;

export async function wrongLeftOver(
  world: World,
  { cluster }: Truth,
  standing: () => Promise<Standing>,
): Promise<readonly string[]> {
  // Only the age of zeros is told by clocks, so that it need not be waited for.
  await world.run(world.nowMs + ROUNDS_MS / 2);
  for (const clock of cluster.clocks.values()) clock.skewMs += ZEROS_MS;
  await world.run(world.nowMs + ROUNDS_MS);
  for (const clock of cluster.clocks.values()) clock.skewMs += ZEROS_MS;
  await world.run(world.nowMs + ROUNDS_MS);
  if (world.halted.length > 0) return world.halted;
  const wrong: string[] = [];
  for (const [region, buckets] of await standing()) {
    for (const { bucket, registers, foreign, entries, totals, written, polls, fields } of buckets) {
      const at = `${region} bucket ${bucket}`;
      // That of a counter that is durable as well stays with it.
      for (const key of registers.keys())
        if (!totals.has(key)) wrong.push(`${at} keeps a zero of ${key}`);
      for (const key of foreign.keys()) wrong.push(`${at} keeps a register of ${key}`);
      for (const gateway of entries.keys()) wrong.push(`${at} keeps entries of ${gateway}`);
      const counted = [...written.values()].reduce((sum, writers) => sum + writers.size, 0);
      if (fields > counted + registers.size + polls.size)
        wrong.push(`${at} has ${fields} fields for ${counted} entries of counters`);
    }
  }
  return wrong;
}
