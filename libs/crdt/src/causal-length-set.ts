/**
 * Causal-length set: elements are put in and taken out by anyone; follows, and votes that a voter may take back.
 *
 * Shape   element -> causal length (causal-length.ts). What was taken out stays, with an even length: without it
 *         an old state that still has the element would bring it back.
 * Join    per element the larger length.
 * Value   the elements whose length is odd.
 * Source  Yu, Rostad, "A Low-Cost Set CRDT Based on Causal Lengths", PaPoC 2020, section 4.
 * L1      a length is at least 1: an element that was never in is not mentioned.
 */
import { NEVER_IN, bring, isIn, join as joinLengths, type CausalLength } from './causal-length.js';
import { decodeInteger, decodeMap, decodeName, encodeMap, type Decode, type Json } from './json.js';
import { ok, type Result } from './result.js';

export type CausalLengthSet<Element extends string = string> = ReadonlyMap<Element, CausalLength>;

/** The set that nothing was ever put into. */
export const NEVER_FILLED: CausalLengthSet<never> = new Map<never, CausalLength>();

/** Whether `element` is in. Cost O(1). */
export function has<Element extends string>(
  set: CausalLengthSet<Element>,
  element: Element,
): boolean {
  return isIn(set.get(element) ?? NEVER_IN);
}

/** The delta that puts `element` in, empty where it is in; 'OUT_OF_RANGE' as `bring` says. Cost O(1). */
export function add<Element extends string>(
  set: CausalLengthSet<Element>,
  element: Element,
): Result<CausalLengthSet<Element>, 'OUT_OF_RANGE'> {
  return brought(set, element, 'in');
}

/** The delta that takes `element` out, empty where it is out; 'OUT_OF_RANGE' as `bring` says. Cost O(1). */
export function remove<Element extends string>(
  set: CausalLengthSet<Element>,
  element: Element,
): Result<CausalLengthSet<Element>, 'OUT_OF_RANGE'> {
  return brought(set, element, 'out');
}

/** The least state that holds all of `left` and `right`. Cost O(|left| + |right|) elements. */
export function join<Element extends string>(
  left: CausalLengthSet<Element>,
  right: CausalLengthSet<Element>,
): CausalLengthSet<Element> {
  const joined = new Map(left);
  for (const [element, length] of right) {
    joined.set(element, joinLengths(left.get(element) ?? NEVER_IN, length));
  }
  return joined;
}

/** The elements that are in. Cost O(elements ever in). */
export function value<Element extends string>(set: CausalLengthSet<Element>): ReadonlySet<Element> {
  const inside = new Set<Element>();
  for (const [element, length] of set) if (isIn(length)) inside.add(element);
  return inside;
}

/** The set as JSON: the sorted list of [element, length]. */
export function encode(set: CausalLengthSet): Json {
  return encodeMap(set, (length) => length);
}

/** Reads what `encode` makes. */
export const decode: Decode<CausalLengthSet> = decodeMap(decodeName, decodeInteger(1));

function brought<Element extends string>(
  set: CausalLengthSet<Element>,
  element: Element,
  wanted: 'in' | 'out',
): Result<CausalLengthSet<Element>, 'OUT_OF_RANGE'> {
  const held = set.get(element) ?? NEVER_IN;
  const length = bring(held, wanted);
  if (!length.ok) return length;
  return ok(length.value === held ? NEVER_FILLED : new Map([[element, length.value]]));
}
