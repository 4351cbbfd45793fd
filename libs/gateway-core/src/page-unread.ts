import { byLatest, type PageUnreadValue } from '@headcount/protocol';

/** The pages in the order in which they are shown. */
export function inOrder(pages: Iterable<PageUnreadValue>): readonly PageUnreadValue[] {
  return [...pages].sort(byLatest);
}

/** Whether two counts of a page show the same, what their cursors mark as read included. */
export function isSame(one: PageUnreadValue, other: PageUnreadValue): boolean {
  if (one.count !== other.count || one.modifiedAtMs !== other.modifiedAtMs) return false;
  if (one.made === other.made) return true;
  if (one.made.size !== other.made.size) return false;
  return [...one.made].every(([writer, position]) => other.made.get(writer) === position);
}
