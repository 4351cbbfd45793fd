/**
 * What states look like between machines: plain JSON values, read back by decoders that are total.
 *
 * J1  equal states have equal JSON text, since entries are sorted: a digest of the text can stand for the state.
 * J2  a decoder takes exactly what an encoder can have made, and answers Malformed for everything else.
 */
import { err, ok, type Result } from './result.js';

/** A value that JSON.stringify writes and JSON.parse reads back as it was. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Why a decoder refused: what stands at `path` (`$` is the whole, `$[2]` an item of it) is not what it `wanted`. */
export interface Malformed {
  readonly code: 'MALFORMED';
  readonly path: string;
  readonly wanted: string;
}

/** Reads a value that came from outside and stands at `path`. Never throws. */
export type Decode<T> = (input: unknown, path?: string) => Result<T, Malformed>;

/** The longest name of a key or an element, in UTF-16 units: a peer must not fill our memory. */
const NAME_CHARACTERS_MAX = 512;

/** Where a decoder stands if nobody says so. */
const ROOT = '$';

/** The refusal of what stands at `path`. */
export function malformed(path: string, wanted: string): Result<never, Malformed> {
  return err({ code: 'MALFORMED', path, wanted });
}

/** A decoder of the values that `fits` lets pass. `wanted` completes the sentence "this is not …". */
export function decodeIf<T>(fits: (input: unknown) => input is T, wanted: string): Decode<T> {
  return (input, path = ROOT) => (fits(input) ? ok(input) : malformed(path, wanted));
}

/** A decoder of integers from `least` to 2^53-1. */
export function decodeInteger(least: number): Decode<number> {
  const fits = (input: unknown): input is number =>
    Number.isSafeInteger(input) && Number(input) >= least && !Object.is(input, -0);
  return decodeIf(fits, `an integer from ${least} to 2^53-1`);
}

/** Reads the name of a key or an element: text of 1 to NAME_CHARACTERS_MAX characters. */
export const decodeName: Decode<string> = decodeIf(
  (input): input is string =>
    typeof input === 'string' && input.length > 0 && input.length <= NAME_CHARACTERS_MAX,
  `text of 1 to ${NAME_CHARACTERS_MAX} characters`,
);

/** A decoder of lists, each item read by `decodeItem`. Cost O(items); it stops at the first that is malformed. */
export function decodeList<T>(decodeItem: Decode<T>): Decode<readonly T[]> {
  return (input, path = ROOT) => {
    if (!Array.isArray(input)) return malformed(path, 'a list');
    const items: T[] = [];
    // Not map(), which would pass over the holes of a sparse list.
    for (let at = 0; at < input.length; at += 1) {
      const item = decodeItem(input[at], `${path}[${at}]`);
      if (!item.ok) return item;
      items.push(item.value);
    }
    return ok(items);
  };
}

/** A decoder of lists of just as many items as there are decoders, each read by its own. */
export function decodeTuple<const T extends readonly unknown[]>(
  ...decoders: { readonly [At in keyof T]: Decode<T[At]> }
): Decode<T> {
  return (input, path = ROOT) => {
    if (!Array.isArray(input) || input.length !== decoders.length) {
      return malformed(path, `a list of ${decoders.length}`);
    }
    const items: unknown[] = [];
    for (const [at, decodeItem] of decoders.entries()) {
      const item = decodeItem(input[at], `${path}[${at}]`);
      if (!item.ok) return item;
      items.push(item.value);
    }
    return ok(items as unknown as T);
  };
}

/** A map as the list of its [key, value] pairs in rising key (J1). Cost O(n log n). */
export function encodeMap<K extends string, V>(
  map: ReadonlyMap<K, V>,
  encodeValue: (value: V) => Json,
): Json {
  return [...map]
    .sort(([left], [right]) => byText(left, right))
    .map(([key, value]) => [key, encodeValue(value)]);
}

/** A decoder of what encodeMap makes. Keys that do not rise are refused: a second entry would hide the first. */
export function decodeMap<K extends string, V>(
  decodeKey: Decode<K>,
  decodeValue: Decode<V>,
): Decode<ReadonlyMap<K, V>> {
  const decodePairs = decodeList(decodeTuple(decodeKey, decodeValue));
  return (input, path = ROOT) => {
    const pairs = decodePairs(input, path);
    if (!pairs.ok) return pairs;
    if (!isRising(pairs.value.map(([key]) => key))) return malformed(path, 'keys that rise');
    return ok(new Map(pairs.value));
  };
}

/** A set as the rising list of its elements (J1). Cost O(n log n). */
export function encodeSet<E extends string>(set: ReadonlySet<E>): Json {
  return [...set].sort(byText);
}

/** A decoder of what encodeSet makes. */
export function decodeSet<E extends string>(decodeElement: Decode<E>): Decode<ReadonlySet<E>> {
  const decodeElements = decodeList(decodeElement);
  return (input, path = ROOT) => {
    const elements = decodeElements(input, path);
    if (!elements.ok) return elements;
    if (!isRising(elements.value)) return malformed(path, 'elements that rise');
    return ok(new Set(elements.value));
  };
}

/** The order of text here: by UTF-16 units, so the same on every machine, whatever its locale. */
export function byText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function isRising(texts: readonly string[]): boolean {
  return texts.every((text, at) => at === 0 || byText(texts[at - 1] ?? '', text) < 0);
}
