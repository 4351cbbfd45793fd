/** Durable counters by the hundred thousand, written as counter-api writes them. */
import { createRequire } from 'node:module';
import { BUCKETS } from '../unread/stores.mjs';

const load = createRequire(import.meta.url);
const { bucketOf } = load('../../../dist/libs/protocol/src/index.js');

export const NAME = 'likes';
/** Additions of one batch, and batches under way at the same time. */
const BATCH = 500;
const AT_ONCE = 8;

export const pageAt = (at) => `pages/${String(at).padStart(8, '0')}`;
export const bucketAt = (at) => bucketOf(pageAt(at), BUCKETS);

/** Writes `count` counters once each. */
export async function fillCounters({ counters }, count) {
  const batches = [...byBucket(count)].flatMap(([bucket, places]) =>
    Array.from({ length: Math.ceil(places.length / BATCH) }, (_, nth) => ({
      bucket,
      instance: 'bench',
      number: nth + 1,
      additions: places.slice(nth * BATCH, (nth + 1) * BATCH).map(additionAt),
      sentUnder: null,
    })),
  );
  // A bucket's batches in their order.
  batches.sort((left, right) => left.number - right.number);
  for (let at = 0; at < batches.length; at += AT_ONCE)
    await Promise.all(batches.slice(at, at + AT_ONCE).map((batch) => counters.add(batch)));
}

export const additionAt = (at) => ({
  pageId: pageAt(at),
  name: NAME,
  amount: 1 + (at % 1000),
  operationId: null,
});

function byBucket(count) {
  const groups = new Map();
  for (let at = 0; at < count; at += 1) {
    const bucket = bucketAt(at);
    const group = groups.get(bucket) ?? [];
    groups.set(bucket, group);
    group.push(at);
  }
  return groups;
}
