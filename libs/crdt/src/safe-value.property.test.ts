import fc from 'fast-check';
import { value as gCounterValue } from './g-counter.js';
import { value as counterValue, type PnCounter } from './pn-counter.js';
import { safeValue } from './safe-value.js';
import { checkLaw, expectSame } from './testing/laws.js';
import { writerAt } from './testing/writers.js';

const MOST = Number.MAX_SAFE_INTEGER;
const REFUSED = { ok: false, error: 'OUT_OF_RANGE' };

/** Totals near 0 and near their bound, so that sums fall on either side of it. */
const total = fc.oneof(fc.nat(3), fc.integer({ min: MOST - 3, max: MOST }));
const counters: fc.Arbitrary<PnCounter> = fc
  .array(fc.record({ up: total, down: total }), { maxLength: 3 })
  .map((all) => new Map(all.map((totals, at) => [writerAt(at), totals])));

describe('safe value', () => {
  describe('laws', () => {
    it('is the sum where that is no more than 2^53-1 away from 0, and nothing else (bound)', () => {
      checkLaw(counters, (counter) => {
        const sum = counterValue(counter);
        const isWithin = sum >= BigInt(-MOST) && sum <= BigInt(MOST);
        const shown = safeValue(sum);
        if (!isWithin) expectSame(shown, REFUSED);
        else expectSame(shown.ok && BigInt(shown.value) === sum, true);
      });
    });
  });

  it.each([
    [BigInt(MOST), MOST],
    [-BigInt(MOST), -MOST],
    [0n, 0],
  ])('shows %d', (sum, shown) => {
    expect(safeValue(sum)).toEqual({ ok: true, value: shown });
  });

  it('refuses the next one up and the next one down', () => {
    expect(safeValue(BigInt(MOST) + 1n)).toEqual(REFUSED);
    expect(safeValue(-BigInt(MOST) - 1n)).toEqual(REFUSED);
  });

  it('refuses what two writers together have pushed past the bound', () => {
    const visits = new Map([
      [writerAt(0), MOST],
      [writerAt(1), 1],
    ]);
    expect(safeValue(gCounterValue(visits))).toEqual(REFUSED);
  });
});
