import { everyBucket } from './libraries.mjs';

/** Whether the buckets of `by` cover all that those of `of`, the region of that name, have done. Both are stores. */
export async function hasAll(by, of, name) {
  let isLevel = true;
  await everyBucket(async (bucket) => {
    const { position } = await of.regions.standing(bucket);
    const { vector } = await by.regions.standing(bucket);
    const [, incarnation, seq] = vector.find(([region]) => region === name) ?? [];
    if (position.seq > 0 && (position.incarnation !== incarnation || position.seq !== seq)) {
      isLevel = false;
    }
  });
  return isLevel;
}
