import { trendingWindow } from '@headcount/protocol';

/** Length of a slot; trend.lua has it too. */
const SLOT_SECONDS = 10;

/**
 * The slots before the present one that count for a window of 1 to 3,600 seconds, which is rounded up to one of
 * TRENDING_WINDOWS. Throws RangeError for another.
 */
export function trendReach(windowSeconds: number): number {
  return trendingWindow(windowSeconds) / SLOT_SECONDS;
}
