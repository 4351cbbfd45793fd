/**
 * Which windows there are. A window is the present slot of ten seconds and as many whole ones before it as make up the seconds
 * that were asked for, rounded up in steps: for each that is read Redis keeps a sum, so there must not be one a second.
 */
import { assert } from '@headcount/crdt';

/** Length of a slot; trend.lua has it too. */
const SLOT_SECONDS = 10;

/** Up to so many seconds a window is rounded up to a multiple of the step. The last one ends where slots end. */
const STEPS: readonly (readonly [untilSeconds: number, stepSeconds: number])[] = [
  [120, SLOT_SECONDS],
  [300, 30],
  [900, 60],
  [3600, 300],
];

/** The slots before the present one that count for a window of 1 to 3,600 seconds. */
export function trendReach(windowSeconds: number): number {
  const step = STEPS.find(([untilSeconds]) => windowSeconds <= untilSeconds)?.[1];
  assert(step !== undefined && windowSeconds > 0, `no window: ${windowSeconds} s`);
  return (Math.ceil(windowSeconds / step) * step) / SLOT_SECONDS;
}
