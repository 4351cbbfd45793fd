/**
 * Unread: how many events a user who follows a page has not read.
 *
 * Shape   made M and read R: version vectors, writer -> position, that is how many modifications it has counted. An
 *         event is one modification of one writer, or several that void pairs connect: one event id that several
 *         writers have counted, as neither could know of the other (DESIGN.md §7, §8).
 * Value   the events of which something lies in M and nothing in R: sum over w of max(0, M_w - R_w), less, of each set
 *         that pairs connect, all but one of what is unread of it, and that one too where something of it is read.
 * Rule    pairs form a G-set, merge = union; which of two is the void one does not matter here. Pairs of which neither
 *         member lies in (R, M] change nothing and may be left out.
 * U1      reading more never shows more; modifying more never shows less; a pair found out never shows more.
 */
import { versionOf, type VersionVector } from './version-vector.js';
import type { Writer } from './writer.js';

/** One modification as its writer has counted it: that writer's nth. */
export interface Modification {
  readonly writer: Writer;
  readonly position: number;
}

/** One event id under two writers. */
export type VoidPair = readonly [Modification, Modification];

/**
 * How many events of a page are unread, never below 0; at most 2^53 - 1 is said. Pairs may come in any order, and more
 * than once. Cost O(writers + pairs).
 */
export function unread(
  made: VersionVector,
  read: VersionVector,
  pairs: Iterable<VoidPair>,
): number {
  let sum = 0;
  for (const [writer, position] of made) sum += Math.max(0, position - versionOf(read, writer));
  const isRead = (one: Modification): boolean => one.position <= versionOf(read, one.writer);
  const isMade = (one: Modification): boolean => one.position <= versionOf(made, one.writer);
  for (const event of connected(pairs)) {
    const ofUser = event.filter((one) => isMade(one) && !isRead(one)).length;
    if (ofUser > 0) sum -= event.some(isRead) ? ofUser : ofUser - 1;
  }
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}

/**
 * The position above which a pair may matter to a reader: the least that has been read of a writer of whom something has not.
 * Infinity: nothing is unread, so none does. Cost O(writers).
 */
export function pairsMatterAbove(made: VersionVector, read: VersionVector): number {
  let floor = Infinity;
  for (const [writer, position] of made) {
    const known = versionOf(read, writer);
    if (known < position) floor = Math.min(floor, known);
  }
  return floor;
}

/** The sets of modifications that pairs connect, directly or through others. */
function connected(pairs: Iterable<VoidPair>): Iterable<readonly Modification[]> {
  const eventOf = new Map<string, Map<string, Modification>>();
  for (const pair of pairs) {
    const [left, right] = pair.map((one) => {
      const key = `${one.writer} ${one.position}`;
      const event = eventOf.get(key) ?? new Map([[key, one]]);
      eventOf.set(key, event);
      return event;
    });
    if (!left || !right || left === right) continue;
    const [small, large] = left.size < right.size ? [left, right] : [right, left];
    for (const [key, one] of small) {
      large.set(key, one);
      eventOf.set(key, large);
    }
  }
  const events = new Set(eventOf.values());
  return [...events].map((event) => [...event.values()]);
}
