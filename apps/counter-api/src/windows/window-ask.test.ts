import fc from 'fast-check';
import { windowPlan } from '@headcount/counter-store';
import { WINDOW_SECONDS_MAX, windowCost } from './window-ask.js';

describe('windowCost', () => {
  it('is a read, and no less than 1 for each slot that the window is read from', () => {
    const nowMs = fc.integer({ min: 1.6e12, max: 2e12 });
    const windowSeconds = fc.oneof(
      fc.integer({ min: 1, max: 3600 }),
      fc.integer({ min: 1, max: WINDOW_SECONDS_MAX }),
    );
    fc.assert(
      fc.property(windowSeconds, nowMs, (seconds, now) => {
        const { ranges } = windowPlan(seconds, now);
        const slots = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
        expect(windowCost(seconds)).toBeGreaterThanOrEqual(10 + slots);
      }),
    );
    expect([60, 3600, 86_400, WINDOW_SECONDS_MAX].map(windowCost)).toEqual([17, 140, 163, 859]);
  });
});
