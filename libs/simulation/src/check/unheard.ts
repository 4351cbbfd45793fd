/** A subscriber who hears nothing of a page's last change is right within two seconds (DESIGN.md §10). */
import type { Likers } from '../crowd/likers.js';
import { wrongHere, type Standing, type Truth } from './convergence.js';

const CHANGES = 6;
const SILENT_MS_MAX = 1500;
/** A comparison of revs, and the ways of what it finds. */
const RIGHT_WITHIN_MS = 2000 + 100;

/** Has one region's Redis publish in vain, at the last changes that there are. Gives what is wrong afterwards. */
export async function wrongUnheard(
  truth: Truth,
  likers: Likers,
  standing: () => Promise<Standing>,
): Promise<readonly string[]> {
  const { cluster, crowd } = truth;
  const { world } = cluster;
  const draw = world.stream('unheard');
  const regions = cluster.regionsInService();
  const region = regions[Math.floor(draw() * regions.length)] ?? '';
  const redis = cluster.redisOf(region);
  redis.silent = true;
  for (let change = 0; change < CHANGES; change += 1) {
    crowd.act();
    likers.act();
    await world.run(world.nowMs + Math.ceil((draw() * SILENT_MS_MAX) / CHANGES));
  }
  redis.silent = false;
  await world.run(world.nowMs + RIGHT_WITHIN_MS);
  if (world.halted.length > 0) return world.halted;
  const buckets = (await standing()).get(region) ?? [];
  return wrongHere(truth, region, buckets).map((each) => `2 s after the last change: ${each}`);
}
