import { BUCKETS, everyBucket, openStores } from './libraries.mjs';

/** Nobody has pulled anything yet, so all that a bucket holds is news to it. */
const NOTHING = { incarnation: '', rev: 0, vector: [] };

/** Bytes of one bucket's whole state as the near region would send it, on the average. */
export async function wholeStateBytes({ near }) {
  const stores = await openStores(near.redis, near.name);
  let bytes = 0;
  await everyBucket(async (bucket) => {
    let cursor = null;
    do {
      const part = await stores.regions.read({ bucket, ...NOTHING, cursor });
      bytes += JSON.stringify(part).length;
      cursor = part.cursor;
    } while (cursor !== null);
  });
  stores.close();
  return bytes / BUCKETS;
}
