import fc from 'fast-check';
import { NumberWindow, WINDOW_NUMBERS } from './number-window.js';

describe('a window of numbers', () => {
  it('takes each number once, in whatever order they come', () => {
    const window = new NumberWindow();
    expect([5, 3, 5, 4, 3, 9, 4].map((number) => window.take(number))).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('refuses what was overtaken by too many, and nothing less', () => {
    const window = new NumberWindow();
    window.take(WINDOW_NUMBERS + 10);
    expect(window.take(10)).toBe(false);
    expect(window.take(11)).toBe(true);
    expect(window.take(11)).toBe(false);
  });

  it('forgets nothing that is still within it, however far it jumps', () => {
    const window = new NumberWindow();
    const last = Number.MAX_SAFE_INTEGER;
    expect([1, last - 1, last].map((number) => window.take(number))).toEqual([true, true, true]);
    expect([last, last - 1, 1].map((number) => window.take(number))).toEqual([false, false, false]);
    expect(window.take(last - 2)).toBe(true);
  });

  it('does as a set of all numbers does within its reach', () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 3 * WINDOW_NUMBERS }), { maxLength: 400 });
    fc.assert(
      fc.property(numbers, (all) => {
        const [window, taken] = [new NumberWindow(), new Set<number>()];
        for (const number of all) {
          const highest = Math.max(0, ...taken);
          const expected = number > highest - WINDOW_NUMBERS && !taken.has(number);
          expect(window.take(number)).toBe(expected);
          if (expected) taken.add(number);
        }
      }),
    );
  });
});
