/**
 * Version vector: what a replica has of every writer, and so what another one lacks.
 *
 * Shape   writer -> version covered; a writer that is not named is covered up to 0, that is not at all.
 * Join    per writer the larger version.
 * Value   `versionOf` for one writer, `compare` for what two replicas know of each other's changes.
 * Source  Parker et al., "Detection of Mutual Inconsistency", IEEE TSE 9(3) (1983), section III; the four outcomes:
 *         Mattern, "Virtual Time and Global States" (1989), section 5.
 * V1      versions are integers in 1..2^53-1; 0 is never stored, so equal knowledge has equal shape.
 * V2      to cover version v of a writer is to hold all its changes up to v: there are no holes below.
 */
import { assert } from './assert.js';
import type { Writer } from './writer.js';

export type VersionVector = ReadonlyMap<Writer, number>;

/** What two replicas know of each other's changes: `before` = the other has all of ours and more. */
export type Causality = 'before' | 'after' | 'equal' | 'concurrent';

/** The vector of a replica that has nothing of anyone. */
export const NOTHING_COVERED: VersionVector = new Map();

/** The version up to which `vector` covers `writer`, 0 for nothing. Cost O(1). */
export function versionOf(vector: VersionVector, writer: Writer): number {
  return vector.get(writer) ?? 0;
}

/**
 * The delta that covers `writer` up to `version`; empty where that is covered already. Cost O(1).
 * Throws AssertionError if `version` is no integer in 0..2^53-1 (V1).
 */
export function advance(vector: VersionVector, writer: Writer, version: number): VersionVector {
  assert(Number.isSafeInteger(version) && version >= 0, `V1: ${version} is not a version`);
  return version > versionOf(vector, writer) ? new Map([[writer, version]]) : NOTHING_COVERED;
}

/** The least vector that covers what either does. Cost O(|left| + |right|) writers. */
export function join(left: VersionVector, right: VersionVector): VersionVector {
  const joined = new Map(left);
  for (const [writer, version] of right) {
    joined.set(writer, Math.max(versionOf(left, writer), version));
  }
  return joined;
}

/** Whether `vector` has all that `other` has. Cost O(|other|) writers. */
export function covers(vector: VersionVector, other: VersionVector): boolean {
  for (const [writer, version] of other) {
    if (versionOf(vector, writer) < version) return false;
  }
  return true;
}

/** How `left` stands to `right`. Cost O(|left| + |right|) writers. */
export function compare(left: VersionVector, right: VersionVector): Causality {
  const hasAll = covers(left, right);
  const isHadWhole = covers(right, left);
  if (hasAll) return isHadWhole ? 'equal' : 'after';
  return isHadWhole ? 'before' : 'concurrent';
}
