/** What of the workspace's libraries is used here, from the build: these programs are not compiled themselves. */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);
export const { until } = load('../../../dist/libs/testing/src/index.js');
export const { bucketOf } = load('../../../dist/libs/protocol/src/index.js');
const stores = load('../../../dist/libs/counter-store/src/index.js');

/** Buckets of every deployment here: what counter-api has where nothing else is said. */
export const BUCKETS = 1024;
const ID_LIMITS = { windowMs: 600_000, idsMax: 10_000, idsPerViewerMax: 10_000 };

/** Opens the stores of a region on its Redis, as an app of that region would; `nowMs` is their clock. */
export async function openStores(redis, region, nowMs = Date.now) {
  const connection = stores.commandConnection({ redisUrl: redis.url, commandTimeoutMs: 60_000 });
  await connection.connect();
  const context = {
    redis: connection,
    sources: { nowMs, randomHex: () => randomBytes(4).toString('hex') },
    seen: new stores.SeenPositions(),
    region,
    durability: stores.AT_ONCE,
  };
  return {
    redis: connection,
    counters: new stores.RedisCounterStore(context, ID_LIMITS),
    regions: new stores.RedisRegionStore(context, ID_LIMITS),
    upkeep: new stores.RedisUpkeepStore(context),
    close: () => connection.disconnect(),
  };
}

/** Bytes that Redis has allocated, all in all. */
export async function usedMemory(connection) {
  return Number(/used_memory:(\d+)/.exec(await connection.info('memory'))[1]);
}

/** Does `use` for every bucket, a hundred or so at a time. */
export async function everyBucket(use) {
  const AT_ONCE = 128;
  for (let first = 0; first < BUCKETS; first += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => use(first + at)));
  }
}
