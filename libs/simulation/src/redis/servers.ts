import { REGION_NAMES } from '../cluster.js';
import { DRAWN_REGIONS_MAX } from '../plan/plan.js';
import { RealRedis, type ScriptChange } from './real-redis.js';

/** Most regions of a seed. */
export const REGIONS_MAX = REGION_NAMES.length;

/** A server for each region that a seed may have. `regions`: how many each seed has; null: drawn. */
export function startServers(regions: number | null, change?: ScriptChange): Promise<RealRedis[]> {
  const length = regions ?? DRAWN_REGIONS_MAX;
  return Promise.all(Array.from({ length }, () => RealRedis.start(change)));
}

export async function stopServers(redises: readonly RealRedis[]): Promise<void> {
  await Promise.all(redises.map((redis) => redis.stop()));
}
