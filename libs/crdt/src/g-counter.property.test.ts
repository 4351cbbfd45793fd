import fc from 'fast-check';
import { AssertionError } from './assert.js';
import { NOT_RAISED, add, join, value, type GCounter } from './g-counter.js';
import type { Result } from './result.js';
import { checkLaw, expectSame, itObeysTheLaws, shuffled } from './testing/laws.js';
import { writerAt } from './testing/writers.js';

const MOST = Number.MAX_SAFE_INTEGER;
const AMS = writerAt(0);
const FRA = writerAt(1);

function taken(delta: Result<GCounter, 'OUT_OF_RANGE'>): GCounter {
  if (!delta.ok) throw new Error('refused, though within the bound');
  return delta.value;
}

describe('G-counter', () => {
  describe('laws', () => {
    itObeysTheLaws<GCounter, number>({
      empty: NOT_RAISED,
      join,
      holds: (larger, smaller) =>
        [...smaller].every(([writer, total]) => total <= (larger.get(writer) ?? 0)),
      change: fc.nat(1000),
      delta: (counter, { replica, change }) => taken(add(counter, writerAt(replica), change)),
      shows: (after, { change }, before) => value(after) === value(before) + BigInt(change),
    });

    it('counts each amount once, in any order, though every delta arrives twice (exact)', () => {
      const amounts = fc.array(fc.tuple(fc.nat(2), fc.nat(1000)), { maxLength: 8, size: 'max' });
      checkLaw(fc.tuple(amounts, fc.nat()), ([made, seed]) => {
        const own = new Map<number, GCounter>();
        const deltas = made.map(([at, amount]) => {
          const held = own.get(at) ?? NOT_RAISED;
          const delta = taken(add(held, writerAt(at), amount));
          own.set(at, join(held, delta));
          return delta;
        });
        const sum = made.reduce((all, [, amount]) => all + amount, 0);
        expectSame(value(shuffled(deltas, 2, seed).reduce(join, NOT_RAISED)), BigInt(sum));
      });
    });

    it('takes an amount exactly as long as the total stays within 2^53-1 (bound)', () => {
      const near = fc.integer({ min: MOST - 3, max: MOST });
      const total = fc.oneof(near, fc.integer({ min: 1, max: 5 }));
      checkLaw(fc.tuple(total, total), ([held, amount]) => {
        const exact = BigInt(held) + BigInt(amount);
        const delta = add(new Map([[AMS, held]]), AMS, amount);
        if (exact > BigInt(MOST)) expectSame(delta, { ok: false, error: 'OUT_OF_RANGE' });
        else expectSame(value(taken(delta)), exact);
      });
    });
  });

  it('returns nothing but the entry of the writer who adds, and nothing at all for 0', () => {
    const counter = new Map([[AMS, 5]]);
    expect(taken(add(counter, FRA, 3))).toEqual(new Map([[FRA, 3]]));
    expect(taken(add(counter, AMS, 3))).toEqual(new Map([[AMS, 8]]));
    expect(taken(add(counter, AMS, 0))).toEqual(NOT_RAISED);
    expect(counter).toEqual(new Map([[AMS, 5]]));
  });

  it('shows an exact value, though the sum of its parts has more than 53 bits', () => {
    const counter = new Map([
      [AMS, MOST],
      [FRA, MOST],
      [writerAt(2), 1],
    ]);
    expect(value(counter)).toBe(2n * BigInt(MOST) + 1n);
  });

  it.each([-1, 0.5, NaN, Infinity, MOST + 1])('refuses by assertion the amount %d', (amount) => {
    expect(() => add(NOT_RAISED, AMS, amount)).toThrow(AssertionError);
  });
});
