/**
 * Bounded counter: several regions lower one number that is never below zero, each without asking the others.
 *
 * Shape   counts: a PN-counter; given: receiver -> PN-counter whose `up` of writer w is what w has given to that region.
 * Join    of each part, so order and repeats do not matter.
 * Value   counts alone. Rights of a region = what its writers have raised less what they have lowered, plus what was given
 *         to it less what they have given; they add up to the value (Q1).
 * Rule    a region lowers, and gives away, no more than its rights (Q2). It knows all that its own writers have done, and of
 *         what was given to it some or all, so it reckons them never too high, and every one's are 0 at least for ever.
 * Source  Balegas et al., Extending Eventually Consistent Cloud Databases for Enforcing Numeric Invariants, SRDS 2015.
 */
import { assert } from './assert.js';
import {
  UNTOUCHED,
  add,
  join as joinCounters,
  value as counterValue,
  type PnCounter,
} from './pn-counter.js';
import { err, ok, type Result } from './result.js';
import { regionOf, type Region, type Writer } from './writer.js';

export interface BoundedCounter {
  readonly counts: PnCounter;
  readonly given: ReadonlyMap<Region, PnCounter>;
}

/** Why a counter is not lowered, or nothing is given. BELOW_ZERO: not even with the rights of all. */
export type BoundedRefusal = 'BELOW_ZERO' | 'QUOTA_ELSEWHERE' | 'OUT_OF_RANGE';

/** A counter that nobody has touched: zero, and nobody has rights. */
export const EMPTY_BOUNDED: BoundedCounter = { counts: UNTOUCHED, given: new Map() };

/** By how much `region` may lower the counter, or give away, as of what is known here. Cost O(receivers x writers). */
export function rights({ counts, given }: BoundedCounter, region: Region): bigint {
  let sum = of(counts, region);
  for (const [receiver, gifts] of given) {
    if (receiver === region) sum += counterValue(gifts);
    sum -= of(gifts, region);
  }
  return sum;
}

/** The delta that adds `amount` for `writer` (negative lowers), or why not. */
export function change(
  counter: BoundedCounter,
  writer: Writer,
  amount: number,
): Result<BoundedCounter, BoundedRefusal> {
  assert(Number.isSafeInteger(amount), `amount is not a safe integer: ${amount}`);
  const left = BigInt(amount);
  if (amount < 0 && rights(counter, regionOf(writer)) + left < 0n) {
    return err(value(counter) + left < 0n ? 'BELOW_ZERO' : 'QUOTA_ELSEWHERE');
  }
  const counts = add(counter.counts, writer, amount);
  return counts === 'OUT_OF_RANGE' ? err(counts) : ok({ ...EMPTY_BOUNDED, counts });
}

/** The delta with which `writer` gives `amount`, at least 1, of its region's rights to another region, or why not. */
export function give(
  counter: BoundedCounter,
  writer: Writer,
  receiver: Region,
  amount: number,
): Result<BoundedCounter, BoundedRefusal> {
  assert(Number.isSafeInteger(amount) && amount > 0, `nothing can be given of ${amount}`);
  assert(receiver !== regionOf(writer), 'a region gives itself nothing');
  if (rights(counter, regionOf(writer)) < BigInt(amount)) return err('QUOTA_ELSEWHERE');
  const gifts = add(counter.given.get(receiver) ?? UNTOUCHED, writer, amount);
  if (gifts === 'OUT_OF_RANGE') return err(gifts);
  return ok({ ...EMPTY_BOUNDED, given: new Map([[receiver, gifts]]) });
}

/** The least state that holds all of both. Cost O(receivers x writers). */
export function join(left: BoundedCounter, right: BoundedCounter): BoundedCounter {
  const given = new Map(left.given);
  for (const [receiver, gifts] of right.given) {
    given.set(receiver, joinCounters(given.get(receiver) ?? UNTOUCHED, gifts));
  }
  return { counts: joinCounters(left.counts, right.counts), given };
}

/** What the counter shows. As long as everybody keeps the rule it is never below zero where all is known. */
export function value({ counts }: BoundedCounter): bigint {
  return counterValue(counts);
}

/** What the writers of a region have raised less what they have lowered. */
function of(counter: PnCounter, region: Region): bigint {
  let sum = 0n;
  for (const [writer, { up, down }] of counter) {
    if (regionOf(writer) === region) sum += BigInt(up) - BigInt(down);
  }
  return sum;
}
