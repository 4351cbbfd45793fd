/**
 * Where a region's bucket stands: which life of it, and how far that life has come.
 *
 * Shape   incarnation: 20 hex digits, 12 of milliseconds and 8 random, so that text order is time order;
 *         '' = none seen. seq: version of the bucket's own changes. rev: version of what its readers see.
 * Order   the incarnation decides, then the number. A bucket that has forgotten begins a new incarnation
 *         (DESIGN.md §5), so a later incarnation is later whatever its numbers say.
 */
export interface Position {
  readonly incarnation: string;
  readonly seq: number;
  readonly rev: number;
}

/** Nothing seen yet: before every other position. */
export const NOWHERE: Position = { incarnation: '', seq: 0, rev: 0 };

/** Version of one key of a filtered feed: a rev, and the incarnation that it was counted in. */
export interface RevVersion {
  readonly incarnation: string;
  readonly rev: number;
}

/** Negative, 0 or positive as `left` is before, equal to or after `right`, by what readers see. */
export function compareRev(left: RevVersion, right: RevVersion): number {
  if (left.incarnation !== right.incarnation) return left.incarnation < right.incarnation ? -1 : 1;
  return left.rev - right.rev;
}

/** The later of two positions of one bucket; within one incarnation seq and rev each take their maximum. */
export function laterPosition(left: Position, right: Position): Position {
  if (left.incarnation !== right.incarnation) {
    return left.incarnation < right.incarnation ? right : left;
  }
  return {
    incarnation: left.incarnation,
    seq: Math.max(left.seq, right.seq),
    rev: Math.max(left.rev, right.rev),
  };
}

const HEX_MS = 12;

/**
 * An incarnation for the given time: later than all whose milliseconds are smaller.
 * `random` is 8 hex digits that tell apart two begun in the same millisecond.
 */
export function incarnationAt(ms: number, random: string): string {
  return ms.toString(16).padStart(HEX_MS, '0') + random;
}
