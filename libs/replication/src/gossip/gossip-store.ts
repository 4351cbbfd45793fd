import type { BucketPart, Merged, RegionStore } from '@headcount/counter-store';

/** What gossip asks of the own store. */
export interface GossipStore extends Omit<RegionStore, 'merge'> {
  /**
   * As RegionStore's. `askedUnder`: the incarnation of the own bucket as of the standing that the ask was made from. Under a
   * later one the bucket may lack what that vector claimed and the sender has left out, so the answer must be 'need'.
   */
  merge(sender: string, part: BucketPart, askedUnder: string): Promise<Merged>;
}
