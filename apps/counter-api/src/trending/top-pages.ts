import type { TrendRow } from '@headcount/counter-store';

/**
 * The rows that gained most, of all buckets' tops: a page lies in one bucket, so whoever is among the first of all is among the
 * first of its own. The order is that of the store: most first, of equals the first by the bytes of its id in UTF-8.
 */
export function topPages(rows: readonly TrendRow[], first: number): TrendRow[] {
  const inOrder = [...rows].sort(
    (left, right) => right.gain - left.gain || compareBytes(left.pageId, right.pageId),
  );
  return inOrder.slice(0, first);
}

/** Compares two texts as their bytes in UTF-8 would be, which is by code points; below 0: left comes first. */
function compareBytes(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (one !== other) return place(one) - place(other);
  }
  return left.length - right.length;
}

/** Halves of code points beyond 16 bits come after all others. */
const place = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
