/** Work on many buckets at once, with nothing of it under way any more when it is said to have ended. */

/** Bounds what waits in one pipeline. Those in it share the way to Redis, and one fsync where every write has one. */
const BUCKETS_AT_ONCE = 128;

/** Resolves when all have ended; rejects then with the first failure. */
export async function allEnded(acts: Iterable<Promise<unknown>>): Promise<void> {
  const ended = await Promise.allSettled(acts);
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Acts on each bucket from 0 on; what comes after a failure in order may be left out. */
export async function onEachBucket(
  buckets: number,
  act: (bucket: number) => Promise<unknown>,
): Promise<void> {
  for (let first = 0; first < buckets; first += BUCKETS_AT_ONCE) {
    const count = Math.min(BUCKETS_AT_ONCE, buckets - first);
    await allEnded(Array.from({ length: count }, (_, place) => act(first + place)));
  }
}
