/**
 * Region vector: what a replica has of every region, each in its latest incarnation. The short form of a version vector
 * that goes into tokens and messages.
 *
 * Shape   region -> (incarnation, seq); a region that is not named is not covered at all.
 * Join    per region the later of the two, the incarnation first.
 * Value   `coversRegions`: whether all is here that somebody has seen elsewhere.
 * Source  Parker et al., IEEE TSE 9(3) (1983), section III; ADR 9.
 * V1      what a region has forgotten with an incarnation that has ended cannot be asked for any more, so a later
 *         incarnation covers all of an earlier one.
 */

/** How far one region is covered. */
export interface RegionVersion {
  readonly incarnation: string;
  readonly seq: number;
}

export type RegionVector = ReadonlyMap<string, RegionVersion>;

/** Negative, 0 or positive as `left` is before, equal to or after `right`. */
export function compareRegionVersions(left: RegionVersion, right: RegionVersion): number {
  if (left.incarnation !== right.incarnation) return left.incarnation < right.incarnation ? -1 : 1;
  return left.seq - right.seq;
}

/** Whether `vector` has all that `other` has. Cost O(|other|) regions. */
export function coversRegions(vector: RegionVector, other: RegionVector): boolean {
  for (const [region, version] of other) {
    const held = vector.get(region);
    if (held === undefined || compareRegionVersions(held, version) < 0) return false;
  }
  return true;
}

/** The least vector that covers what either does. Cost O(|left| + |right|) regions. */
export function joinRegionVectors(left: RegionVector, right: RegionVector): RegionVector {
  const joined = new Map(left);
  for (const [region, version] of right) {
    const held = left.get(region);
    if (held === undefined || compareRegionVersions(held, version) < 0) joined.set(region, version);
  }
  return joined;
}
