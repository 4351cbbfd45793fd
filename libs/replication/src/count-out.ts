import type { PresenceStore } from '@headcount/counter-store';

/**
 * Counts a gateway out of every bucket that holds something of it, each if the gateway has not moved since it was
 * looked at there. Resolves to the number of buckets. Cost: a read a bucket of the deployment, in one pipeline.
 */
export async function countOut(
  presence: PresenceStore,
  gateway: string,
  buckets: number,
): Promise<number> {
  const all = Array.from({ length: buckets }, (_, bucket) => bucket);
  const stored = await presence.stored(gateway, all);
  const reaped = await Promise.all(
    all.flatMap((bucket) => {
      const version = stored[bucket] ?? 0;
      return version === 0 ? [] : [presence.reap(gateway, bucket, version)];
    }),
  );
  return reaped.filter(Boolean).length;
}
