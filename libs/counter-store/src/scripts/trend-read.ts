import { assert } from '@headcount/crdt';
import { defineScript } from '../define-script.js';

/** What a page's counter has gained. */
export interface TrendRow {
  readonly pageId: string;
  /** Above 0; past 2^53 - 1 it need not be exact. */
  readonly gain: number;
}

/** Typed door to trend-read.lua, whose header is the contract. */
export const trendRead = defineScript<readonly TrendRow[]>({
  name: 'trend-read',
  keys: ['meta'],
  args: ['name', 'nowMs', 'reach', 'first'],
  decode: (reply) => {
    const rows: TrendRow[] = [];
    for (let at = 0; at < reply.length; at += 2) {
      const [pageId, lost] = reply.slice(at, at + 2);
      const gain = -Number(lost);
      assert(pageId && Number.isInteger(gain) && gain > 0, `no gain: ${pageId} ${lost}`);
      rows.push({ pageId, gain });
    }
    return rows;
  },
});
