/**
 * G-counter: writers raise one number without coordination; it never falls.
 *
 * Shape   writer -> total, the sum of all that this writer has added.
 * Join    per writer the larger total, so order and repeats do not matter.
 * Value   the sum over the writers.
 * Source  Shapiro et al., INRIA RR-7506 (2011), 3.1.2; deltas: Almeida et al., JPDC 111 (2018), section 4.
 * G1      a total is an integer in 1..2^53-1; one more is refused, never rounded. 0 is never stored.
 * G2      only writer w writes entry w, so the larger total is also the later one.
 */
import { assert } from './assert.js';
import { err, ok, type Result } from './result.js';
import type { Writer } from './writer.js';

export type GCounter = ReadonlyMap<Writer, number>;

/** A counter that nobody has raised. */
export const NOT_RAISED: GCounter = new Map();

/**
 * The delta that adds `amount` for `writer`, empty for 0; or 'OUT_OF_RANGE' where the total would pass 2^53-1 (G1).
 * Cost O(1). Throws AssertionError if `amount` is negative or no safe integer.
 */
export function add(
  counter: GCounter,
  writer: Writer,
  amount: number,
): Result<GCounter, 'OUT_OF_RANGE'> {
  assert(Number.isSafeInteger(amount) && amount >= 0, `amount is not a natural number: ${amount}`);
  if (amount === 0) return ok(NOT_RAISED);
  const total = (counter.get(writer) ?? 0) + amount;
  return Number.isSafeInteger(total) ? ok(new Map([[writer, total]])) : err('OUT_OF_RANGE');
}

/** The least state that holds all of `left` and `right`. Cost O(|left| + |right|) entries. */
export function join(left: GCounter, right: GCounter): GCounter {
  const joined = new Map(left);
  for (const [writer, total] of right) {
    joined.set(writer, Math.max(left.get(writer) ?? 0, total));
  }
  return joined;
}

/** What the counter shows, exact whatever the sum. Cost O(writers). */
export function value(counter: GCounter): bigint {
  let sum = 0n;
  for (const total of counter.values()) sum += BigInt(total);
  return sum;
}
