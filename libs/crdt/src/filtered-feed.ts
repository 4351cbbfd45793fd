/**
 * The receiving side of a filtered feed: a reader that asked for some keys only, and so keeps a version a key.
 *
 * Join    an entry is taken iff its (incarnation, rev) is above that key's, so late and repeated values
 *         never step back and nothing hangs on the order of delivery.
 * Source  DESIGN.md §3, "Filtered feeds".
 */
import { compareRev, type RevVersion } from './position.js';

/** A value and the version that it was read at. */
export interface Versioned<V> {
  readonly value: V;
  readonly version: RevVersion;
}

/** Whether `offered` is news to a reader that holds `held` (undefined: nothing) of the same key. */
export function isNews(held: RevVersion | undefined, offered: RevVersion): boolean {
  return held === undefined || compareRev(offered, held) > 0;
}

/** How a published interval relates to a reader's position in the bucket. */
export type Continuity = 'next' | 'gap' | 'reborn' | 'old';

/**
 * next    it follows on, or overlaps: take it and move to its end.
 * gap     something before it is missing: read what changed since the position.
 * reborn  a later incarnation: drop the bucket and load what is in use again.
 * old     an earlier incarnation, or nothing beyond the position: ignore it.
 */
export function continuity(
  at: RevVersion,
  published: { readonly incarnation: string; readonly fromRev: number; readonly toRev: number },
): Continuity {
  if (published.incarnation !== at.incarnation) {
    return published.incarnation > at.incarnation ? 'reborn' : 'old';
  }
  if (published.toRev <= at.rev) return 'old';
  return published.fromRev <= at.rev ? 'next' : 'gap';
}
