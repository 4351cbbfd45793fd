/** What a user has not read, over all pages that the user follows (DESIGN.md §8). The same for whoever computes it. */
import { isMuted, unread, type Follow, type VersionVector, type VoidPair } from '@headcount/crdt';
import type { PageId } from './page-id.js';

/** What unread is computed from, for one page. */
export interface PageModifications {
  readonly made: VersionVector;
  /** All pairs of which a member is not read, and perhaps others. */
  readonly pairs: readonly VoidPair[];
  /** Milliseconds since 1970 when the page was last modified, as far as this region knows; 0: never. */
  readonly modifiedAtMs: number;
}

/** A page with something unread. */
export interface PageUnreadValue {
  readonly pageId: PageId;
  /** Above 0. */
  readonly count: number;
  readonly modifiedAtMs: number;
  /** What the count was computed from: marked as read, it leaves what has come since. */
  readonly made: VersionVector;
}

/** All of a user's unread, the page that was modified last first. */
export interface UnreadValue {
  /** Sum of the counts; at most 2^53 - 1 is said. */
  readonly total: number;
  readonly pages: readonly PageUnreadValue[];
}

/** Pages that are silent, or of which nothing is told, do not count. Cost O(follows x writers + pairs). */
export function unreadOf(
  follows: Iterable<readonly [PageId, Follow]>,
  modificationsOf: (pageId: PageId) => PageModifications | undefined,
  nowMs: number,
): UnreadValue {
  const pages: PageUnreadValue[] = [];
  for (const [pageId, follow] of follows) {
    const modified = isMuted(follow, nowMs) ? undefined : modificationsOf(pageId);
    if (!modified) continue;
    const { made, pairs, modifiedAtMs } = modified;
    const count = unread(made, follow.marks, pairs);
    if (count > 0) pages.push({ pageId, count, modifiedAtMs, made });
  }
  pages.sort(byLatest);
  return { total: totalOf(pages), pages };
}

/** Sum of the counts; at most 2^53 - 1 is said. */
export function totalOf(pages: Iterable<Pick<PageUnreadValue, 'count'>>): number {
  let total = 0;
  for (const { count } of pages) total += count;
  return Math.min(total, Number.MAX_SAFE_INTEGER);
}

/** The order in which pages are shown: the one that was modified last first. */
export function byLatest(left: PageUnreadValue, right: PageUnreadValue): number {
  return right.modifiedAtMs - left.modifiedAtMs || (left.pageId < right.pageId ? -1 : 1);
}
