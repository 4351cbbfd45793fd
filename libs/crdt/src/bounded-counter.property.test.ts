/**
 * Goal    a bounded counter is a CRDT, is never below zero wherever it is lowered, and loses no right.
 * Method  the laws of all types; random histories of three regions that raise, lower, give and take over each other's states or
 *         deltas late, twice and in any order, against a plain stock that nobody may oversell.
 */
import fc from 'fast-check';
import {
  EMPTY_BOUNDED,
  change,
  give,
  join,
  rights,
  value,
  type BoundedCounter,
} from './bounded-counter.js';
import { itObeysTheLaws } from './testing/laws.js';
import { WRITERS, region, writer, writerAt } from './testing/writers.js';
import { regionOf, type Region } from './writer.js';

const REGIONS = WRITERS.map(regionOf);
const sumOfRights = (counter: BoundedCounter): bigint =>
  REGIONS.reduce((sum, one) => sum + rights(counter, one), 0n);

interface Change {
  readonly amount: number;
  readonly to: number | null;
}

/** The delta of a change, or of none where it is refused. */
function deltaOf(counter: BoundedCounter, at: number, { amount, to }: Change): BoundedCounter {
  const receiver = to === null ? undefined : REGIONS[to];
  const made =
    receiver === undefined || receiver === REGIONS[at]
      ? change(counter, writerAt(at), amount)
      : give(counter, writerAt(at), receiver, Math.abs(amount) + 1);
  return made.ok ? made.value : EMPTY_BOUNDED;
}

const changes: fc.Arbitrary<Change> = fc.record({
  amount: fc.integer({ min: -20, max: 20 }),
  to: fc.option(fc.integer({ min: 0, max: 2 })),
});

describe('bounded counter', () => {
  describe('laws', () => {
    itObeysTheLaws<BoundedCounter, Change>({
      empty: EMPTY_BOUNDED,
      join,
      holds: (larger, smaller) =>
        [
          [larger.counts, smaller.counts] as const,
          ...[...smaller.given].map(([to, gifts]) => [larger.given.get(to), gifts] as const),
        ].every(([held, wanted]) =>
          [...wanted].every(([by, { up, down }]) => {
            const totals = held?.get(by);
            return totals !== undefined && up <= totals.up && down <= totals.down;
          }),
        ),
      change: changes,
      delta: (counter, { replica, change: one }) => deltaOf(counter, replica, one),
      shows: (after, _, before) =>
        sumOfRights(after) === value(after) && value(after) - value(before) <= 20n,
    });
  });

  it('is never below zero, and whoever raised it can sell all of it in the end', () => {
    const step = fc.record({
      at: fc.integer({ min: 0, max: 2 }),
      change: changes,
      from: fc.option(fc.integer({ min: 0, max: 2 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const states: BoundedCounter[] = REGIONS.map(() => EMPTY_BOUNDED);
        let stock = 0;
        for (const { at, change: one, from } of steps) {
          const here = states[at] ?? EMPTY_BOUNDED;
          if (from !== null) states[at] = join(here, states[from] ?? EMPTY_BOUNDED);
          else {
            const delta = deltaOf(here, at, one);
            stock += Number(value(join(here, delta)) - value(here));
            states[at] = join(here, delta);
          }
          expect(stock).toBeGreaterThanOrEqual(0);
        }
        const all = states.reduce(join);
        expect(value(all)).toBe(BigInt(stock));
        expect(sumOfRights(all)).toBe(BigInt(stock));
        for (const one of REGIONS) expect(rights(all, one)).toBeGreaterThanOrEqual(0n);
      }),
      { numRuns: 300 },
    );
  });

  const [ams, fra] = [region('ams'), region('fra')] as [Region, Region];
  const ten = (): BoundedCounter => {
    const raised = change(EMPTY_BOUNDED, writer('ams'), 10);
    if (!raised.ok) throw new Error(raised.error);
    return raised.value;
  };

  it('says whether there is too little, or too little here', () => {
    expect(change(ten(), writer('ams'), -11)).toEqual({ ok: false, error: 'BELOW_ZERO' });
    expect(change(ten(), writer('fra'), -10)).toEqual({ ok: false, error: 'QUOTA_ELSEWHERE' });
    expect(give(ten(), writer('fra'), ams, 1)).toEqual({ ok: false, error: 'QUOTA_ELSEWHERE' });
    expect(change(ten(), writer('ams'), Number.MAX_SAFE_INTEGER)).toEqual({
      ok: false,
      error: 'OUT_OF_RANGE',
    });
  });

  it('lets a region use in a later incarnation what it raised, and was given, in an earlier one', () => {
    const given = give(ten(), writer('ams', 2), fra, 4);
    if (!given.ok) throw new Error(given.error);
    const all = join(ten(), given.value);
    expect([rights(all, ams), rights(all, fra), value(all)]).toEqual([6n, 4n, 10n]);
    expect(change(all, writer('fra', 7), -4).ok).toBe(true);
    expect(change(all, writer('ams', 3), -7).ok).toBe(false);
  });
});
