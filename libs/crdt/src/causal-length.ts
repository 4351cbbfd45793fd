/**
 * Causal length: whether one thing is in or out, where anyone may put it in and take it out again.
 *
 * Shape   how often it changed sides: an integer, odd = in, even = out, 0 = never in.
 * Join    the larger. Two who put in at the same time make the same change, so it counts once; a later change of
 *         sides always has the larger length.
 * Value   whether the length is odd.
 * Source  Yu, Rostad, "A Low-Cost Set CRDT Based on Causal Lengths", PaPoC 2020, sections 3 and 4.
 * C1      a length is an integer in 0..2^53-1; one more is refused, never rounded.
 */
import { err, ok, type Result } from './result.js';

export type CausalLength = number;

/** The length of what nobody has ever put in. */
export const NEVER_IN: CausalLength = 0;

/** Whether it is in. */
export function isIn(length: CausalLength): boolean {
  return length % 2 === 1;
}

/**
 * The delta that brings it to the wanted side; `length` itself where it is there already. Or 'OUT_OF_RANGE' where
 * it has changed sides 2^53-1 times (C1), which only a broken peer can claim. Cost O(1).
 */
export function bring(
  length: CausalLength,
  wanted: 'in' | 'out',
): Result<CausalLength, 'OUT_OF_RANGE'> {
  if (isIn(length) === (wanted === 'in')) return ok(length);
  return Number.isSafeInteger(length + 1) ? ok(length + 1) : err('OUT_OF_RANGE');
}

/** The later of two lengths. */
export function join(left: CausalLength, right: CausalLength): CausalLength {
  return Math.max(left, right);
}
