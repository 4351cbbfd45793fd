/**
 * PN-counter: writers raise and lower one number without coordination.
 *
 * Shape   writer -> { up, down }: running totals, never shrinking.
 * Join    per writer the larger of each total, so order and repeats do not matter.
 * Value   sum(up) - sum(down).
 * Source  Shapiro et al., INRIA RR-7506 (2011), 3.1.3; deltas: Almeida et al., JPDC 111 (2018), section 4.
 * P1      up and down are integers in 0..2^53-1; one more is refused, never rounded.
 * P2      only writer w writes entry w, so the larger total is also the later one.
 */
import { assert } from './assert.js';
import type { Writer } from './writer.js';

/** All that one writer has added, and all that it has taken away. */
export interface Totals {
  readonly up: number;
  readonly down: number;
}
export type PnCounter = ReadonlyMap<Writer, Totals>;

const NONE: Totals = { up: 0, down: 0 };

/** A counter that nobody has touched. */
export const UNTOUCHED: PnCounter = new Map();

/**
 * The delta that adds `amount` (negative lowers) for `writer`, or 'OUT_OF_RANGE' where a total would pass
 * 2^53-1 (P1). The caller joins it into its own state and sends the very same delta to its peers. Cost O(1).
 * Throws AssertionError if `amount` is no safe integer.
 */
export function add(
  counter: PnCounter,
  writer: Writer,
  amount: number,
): PnCounter | 'OUT_OF_RANGE' {
  assert(Number.isSafeInteger(amount), `amount is not a safe integer: ${amount}`);
  const { up, down } = counter.get(writer) ?? NONE;
  const next = { up: up + Math.max(amount, 0), down: down + Math.max(-amount, 0) };
  if (!Number.isSafeInteger(next.up) || !Number.isSafeInteger(next.down)) return 'OUT_OF_RANGE';
  return new Map([[writer, next]]);
}

/** The least state that holds all of `left` and `right`. Cost O(|left| + |right|) entries. */
export function join(left: PnCounter, right: PnCounter): PnCounter {
  const joined = new Map(left);
  for (const [writer, { up, down }] of right) {
    const ours = joined.get(writer) ?? NONE;
    joined.set(writer, { up: Math.max(ours.up, up), down: Math.max(ours.down, down) });
  }
  return joined;
}

/** What the counter shows, exact whatever the partial sums. Cost O(writers). */
export function value(counter: PnCounter): bigint {
  let sum = 0n;
  for (const { up, down } of counter.values()) sum += BigInt(up) - BigInt(down);
  return sum;
}
