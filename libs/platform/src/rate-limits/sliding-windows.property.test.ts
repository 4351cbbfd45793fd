/**
 * Goal    no window of a limit's length ever holds more than the limit, what was taken comes back in time, and memory is bounded.
 * Method  random calls at random times, held against a list of all that was ever taken.
 */
import fc from 'fast-check';
import { SlidingWindows, type RateLimit } from './sliding-windows.js';

const calls = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 4_000 }),
    cost: fc.integer({ min: 0, max: 7 }),
    key: fc.constantFrom('a', 'b'),
  }),
  { maxLength: 80 },
);
const rate: RateLimit = { limit: 10, windowSeconds: 6 };
const WINDOW_MS = 6_000;
const SLOT_MS = 500;

function windowsAt(keysMax?: number, of: RateLimit = rate) {
  let nowMs = 12_345.5;
  const windows = new SlidingWindows(of, { monotonicMs: () => nowMs }, keysMax);
  return { windows, now: () => nowMs, pass: (ms: number) => (nowMs += ms) };
}

describe('sliding windows', () => {
  it('never hold more than the limit, and take all that fits a window and a slot', () => {
    fc.assert(
      fc.property(calls, (made) => {
        const { windows, now, pass } = windowsAt();
        const taken: { key: string; atMs: number; cost: number }[] = [];
        const heldIn = (key: string, ms: number): number =>
          taken
            .filter((one) => one.key === key && one.atMs > now() - ms)
            .reduce((sum, { cost }) => sum + cost, 0);
        for (const { afterMs, cost, key } of made) {
          pass(afterMs);
          const { isAllowed, remaining } = windows.take(key, cost);
          // Refused only what would be too much within a window that is a slot longer.
          if (!isAllowed)
            expect(heldIn(key, WINDOW_MS + SLOT_MS) + cost).toBeGreaterThan(rate.limit);
          if (isAllowed) taken.push({ key, atMs: now(), cost });
          expect(heldIn(key, WINDOW_MS)).toBeLessThanOrEqual(rate.limit);
          expect(remaining).toBeLessThanOrEqual(rate.limit - heldIn(key, WINDOW_MS));
        }
      }),
    );
  });

  it('say when as much will be free, and when nothing counts any more', () => {
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 10 }), (made, cost) => {
        const { windows, pass } = windowsAt();
        for (const { afterMs, cost: each } of made) {
          pass(afterMs);
          windows.take('a', each);
        }
        const asked = windows.take('a', cost);
        pass(asked.retryMs ?? 0);
        if (!asked.isAllowed) expect(windows.take('a', cost).isAllowed).toBe(true);
        pass(windows.take('a', 0).resetMs);
        expect(windows.take('a', rate.limit).isAllowed).toBe(true);
      }),
    );
  });

  it('never allow more than the limit at once, and do not say when', () => {
    const { windows } = windowsAt();
    expect(windows.take('a', 11)).toEqual({
      ...{ isAllowed: false, remaining: 10, resetMs: 0, retryMs: null },
    });
  });

  it('forget keys that hold nothing as others come', () => {
    const { windows, pass } = windowsAt();
    for (let at = 0; at < 100; at += 1) windows.take(`old ${at}`, 1);
    pass(WINDOW_MS + SLOT_MS);
    for (let at = 0; at < 60; at += 1) windows.take(`new ${at}`, 1);
    expect(windows.size).toBe(60);
  });

  it('keep no more keys than they may, and drop the one that was used least recently', () => {
    const { windows } = windowsAt(100);
    windows.take('first', 10);
    for (let at = 0; at < 98; at += 1) windows.take(`other ${at}`, 1);
    // A refused attempt is a use, so whoever goes on trying keeps its own window.
    expect(windows.take('first', 1).isAllowed).toBe(false);
    for (let at = 98; at < 197; at += 1) windows.take(`other ${at}`, 1);
    expect(windows.size).toBe(100);
    expect(windows.take('first', 1).isAllowed).toBe(false);
    // As many other keys as there are places, each with a limit of its own, are what it takes to lose it.
    for (let at = 0; at < 100; at += 1) windows.take(`more ${at}`, 1);
    expect([windows.size, windows.take('first', 1).isAllowed]).toEqual([100, true]);
  });
});
