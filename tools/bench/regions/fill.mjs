/** Fills regions, and a plain Redis to compare with, with as many counters as asked for. */
import { Redis } from 'ioredis';
import { startRedis } from '../testing.mjs';
import { BUCKETS, bucketOf, everyBucket, openStores, until, usedMemory } from './libraries.mjs';
import { hasAll } from './level.mjs';

/** Additions of one script: a few milliseconds of Redis. */
const BATCH = 250;
const INSTANCE = 'bench-fill';
/** Whole states of a million counters take a while. */
const ARRIVAL_MS = 600_000;

const pageOf = (at) => `page-${at}`;

/**
 * Adds 1 to `count` counters of the near region by the store library, which is much faster than by its API, and waits until
 * the far one has them. Resolves with `{ near, far }`, bytes of Redis a counter.
 */
export async function fillPair({ near, far }, count) {
  const stores = {
    near: await openStores(near.redis, near.name),
    far: await openStores(far.redis, far.name),
  };
  const before = await memoryOf(stores);
  await add(stores.near.counters, count);
  await until(() => hasAll(stores.far, stores.near, near.name), {
    what: `${count} counters in the other region`,
    timeoutMs: ARRIVAL_MS,
    everyMs: 2000,
  });
  const after = await memoryOf(stores);
  stores.near.close();
  stores.far.close();
  return { near: (after.near - before.near) / count, far: (after.far - before.far) / count };
}

/** Bytes of Redis for a counter that is a key of its own. */
export async function bytesOfIncr(count) {
  const server = await startRedis({ args: ['--appendonly', 'no'] });
  const redis = new Redis(server.url, { enableAutoPipelining: true });
  const before = await usedMemory(redis);
  for (let first = 0; first < count; first += 10_000) {
    const some = Array.from({ length: Math.min(10_000, count - first) }, (_, at) => first + at);
    await Promise.all(some.map((at) => redis.incr(pageOf(at))));
  }
  const bytes = (await usedMemory(redis)) - before;
  redis.disconnect();
  await server.stop();
  return bytes / count;
}

async function add(counters, count) {
  const additionsOf = Array.from({ length: BUCKETS }, () => []);
  for (let at = 0; at < count; at += 1) {
    const pageId = pageOf(at);
    const addition = { pageId, name: 'likes', amount: 1, operationId: null };
    additionsOf[bucketOf(pageId, BUCKETS)].push(addition);
  }
  await everyBucket(async (bucket) => {
    const additions = additionsOf[bucket];
    for (let number = 1; additions.length > 0; number += 1) {
      const batch = { additions: additions.splice(0, BATCH), instance: INSTANCE, number };
      await counters.add({ bucket, sentUnder: null, ...batch });
    }
  });
}

async function memoryOf({ near, far }) {
  return { near: await usedMemory(near.redis), far: await usedMemory(far.redis) };
}
