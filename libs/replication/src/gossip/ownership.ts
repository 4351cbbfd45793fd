/**
 * Who looks after a bucket: the live counter-api with the highest hash of bucket and instance, so that everybody who
 * sees the same instances names the same one, and an instance that comes or goes moves only its own share.
 *
 * Source  highest random weight: Thaler, Ravishankar, IEEE/ACM Transactions on Networking 6(1) (1998).
 * O1      ownership is a hint: two owners repeat work, none delays it, and nothing becomes wrong (DESIGN.md §6).
 */
import { hash32 } from '@headcount/protocol';

/** The owner of `bucket` among `instances`, null where there are none. Cost O(instances). */
export function ownerOf(bucket: number, instances: Iterable<string>): string | null {
  let owner: string | null = null;
  let highest = -1;
  for (const instance of instances) {
    const weight = hash32(`${bucket} ${instance}`);
    // Of equal weights the first by name, as everybody has to agree.
    if (weight > highest || (weight === highest && owner !== null && instance < owner)) {
      [owner, highest] = [instance, weight];
    }
  }
  return owner;
}
