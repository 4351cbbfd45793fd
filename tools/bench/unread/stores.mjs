/** The stores that notification uses, from the build, and how deployments of this suite are filled. */
import { createRequire } from 'node:module';
import { usedMemory } from '../regions/libraries.mjs';

const load = createRequire(import.meta.url);
const stores = load('../../../dist/libs/counter-store/src/index.js');
const { MODIFICATIONS, bucketOf } = load('../../../dist/libs/protocol/src/index.js');

/** Both sides keep what they have answered, as the private Redis of `npm start` does. */
export const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];

export { usedMemory };
/** Buckets of every deployment here: what notification has where nothing else is said. */
export const BUCKETS = 1024;
const HOME = 'local';
const FOLLOWS_MAX = 10_000;
/** Users whose follows are written at the same time. */
const AT_ONCE = 500;

/** Opens them on a Redis, as notification without peers would. */
export async function openStores(redis) {
  const connection = stores.commandConnection({ redisUrl: redis.url, commandTimeoutMs: 60_000 });
  await connection.connect();
  let drawn = 0;
  const context = {
    redis: connection,
    sources: {
      nowMs: Date.now,
      randomHex: () => (drawn += 1).toString(16).padStart(8, '0'),
    },
    seen: new stores.SeenPositions(),
    region: '',
    durability: stores.AT_ONCE,
  };
  const options = { buckets: BUCKETS, home: HOME };
  return {
    redis: connection,
    context,
    counters: new stores.RedisCounterStore(context, {
      windowMs: 600_000,
      idsMax: 100_000,
      idsPerViewerMax: 100_000,
    }),
    follows: new stores.RedisFollowStore(context, { ...options, followsMax: FOLLOWS_MAX }),
    close: () => connection.disconnect(),
  };
}

/** `users` users follow what `pagesOf(at)` says of each; `made` is what they have read of every page. */
export async function followAll({ follows }, users, pagesOf, made = new Map()) {
  for (let first = 0; first < users; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, users - first) }, (_, at) => first + at);
    await Promise.all(
      some.map((at) => {
        const { user, pages } = pagesOf(at);
        const changes = pages.map((pageId) => ({ kind: 'follow', pageId, made }));
        return follows.change(user, changes);
      }),
    );
  }
}

/** Each page is modified once more. */
export async function modifyAll({ counters }, pages, number) {
  const byBucket = new Map();
  for (const pageId of pages) {
    const bucket = bucketOf(pageId, BUCKETS);
    const additions = byBucket.get(bucket) ?? [];
    byBucket.set(bucket, additions);
    additions.push({ pageId, name: MODIFICATIONS, amount: 1, operationId: null });
  }
  for (const [bucket, additions] of byBucket) {
    await counters.add({ bucket, instance: 'bench', number, additions, sentUnder: null });
  }
}
