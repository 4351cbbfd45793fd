import fc from 'fast-check';
import { UNTOUCHED, add, join as joinCounters, value as counterValue } from './pn-counter.js';
import { checkLaw, expectSame, itObeysTheLaws, shuffled } from './testing/laws.js';
import { WRITERS, writerAt } from './testing/writers.js';
import {
  NOTHING_VOID,
  countWithout,
  join,
  value,
  voidAmounts,
  type OperationRecord,
  type VoidAmounts,
} from './void-amounts.js';

/** A client gives one id one amount, so within a test the amount hangs on the id. */
const AMOUNTS = new Map([
  ['like', 1],
  ['undo', -1],
  ['gift', 500],
  ['"', 7],
]);
const record = fc
  .tuple(fc.constantFrom(...AMOUNTS.keys()), fc.constantFrom(...WRITERS))
  .map(([id, writer]): OperationRecord => ({ id, writer, amount: AMOUNTS.get(id) ?? 0 }));
const records = fc.array(record, { maxLength: 10, size: 'max' });

/** One of each operation and writer, as the windows of the regions hold them (A1). */
const distinct = (all: readonly OperationRecord[]): OperationRecord[] => [
  ...new Map(all.map((one) => [`${one.id} ${one.writer}`, one])).values(),
];
const holds = (larger: VoidAmounts, smaller: VoidAmounts): boolean =>
  [...smaller.values()].every(({ id, writer }) =>
    [...larger.values()].some((one) => one.id === id && one.writer === writer),
  );

describe('void amounts', () => {
  describe('laws', () => {
    itObeysTheLaws<VoidAmounts, readonly OperationRecord[]>({
      empty: NOTHING_VOID,
      join,
      holds,
      change: fc.array(record, { minLength: 2, maxLength: 4 }),
      delta: (_, { change }) => voidAmounts(change),
      shows: (after, { change }) =>
        distinct(change).every(({ id, writer }) => {
          const rivals = change.filter((one) => one.id === id && one.writer < writer);
          return rivals.length === 0 || after.has(JSON.stringify([id, writer]));
        }),
    });

    it('makes the sum come out as one of each operation, that of the least writer (exact)', () => {
      checkLaw(records, (heard) => {
        let counter = UNTOUCHED;
        for (const { writer, amount } of distinct(heard)) {
          const delta = add(counter, writer, amount);
          if (delta === 'OUT_OF_RANGE') throw new Error('a total would pass its bound');
          counter = joinCounters(counter, delta);
        }
        const once = new Set(heard.map(({ id }) => id));
        const sum = [...once].reduce((all, id) => all + BigInt(AMOUNTS.get(id) ?? 0), 0n);
        const voids = voidAmounts(heard);
        expectSame(countWithout(counter, voids), sum);
        expectSame(counterValue(counter) - value(voids), sum);
        const kept = distinct(heard).filter(
          ({ id, writer }) => !voids.has(JSON.stringify([id, writer])),
        );
        const least = [...once].map((id) =>
          heard.filter((one) => one.id === id).reduce((a, b) => (a.writer <= b.writer ? a : b)),
        );
        expectSame(
          new Set(kept.map((one) => one.id + one.writer)),
          new Set(least.map((one) => one.id + one.writer)),
        );
      });
    });

    it('finds the same in any order, and once what is heard twice (order)', () => {
      checkLaw(fc.tuple(records, fc.nat()), ([heard, seed]) => {
        expectSame(voidAmounts(shuffled(heard, 2, seed)), voidAmounts(heard));
      });
    });

    it('never takes back what it has found: more records void no less (grows)', () => {
      checkLaw(fc.tuple(records, records), ([first, more]) => {
        const all = voidAmounts([...first, ...more]);
        expectSame(holds(all, join(voidAmounts(first), voidAmounts(more))), true);
        expectSame(join(all, voidAmounts(first)), all);
      });
    });
  });

  it('lets the least writer keep the operation, and voids every other', () => {
    const [ams, fra, sin] = [writerAt(0), writerAt(1), writerAt(2)];
    const sent = [sin, ams, fra].map((writer) => ({ id: 'like', writer, amount: 2 }));
    expect([...voidAmounts(sent).values()].map(({ writer }) => writer).sort()).toEqual([fra, sin]);
    expect(value(voidAmounts(sent))).toBe(4n);
  });

  it('settles on one of two amounts of one operation, on every replica the same (A1)', () => {
    const [small, large] = [1, 2].map((amount): VoidAmounts => {
      const sent = [writerAt(0), writerAt(1)].map((writer) => ({ id: 'like', writer, amount }));
      return voidAmounts(sent);
    }) as [VoidAmounts, VoidAmounts];
    expect(join(small, large)).toEqual(join(large, small));
    expect(value(join(small, large))).toBe(2n);
  });

  it('sums exactly beyond 53 bits', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const sent = WRITERS.map((writer) => ({ id: 'gift', writer, amount: most }));
    expect(value(voidAmounts(sent))).toBe(2n * BigInt(most));
  });
});
