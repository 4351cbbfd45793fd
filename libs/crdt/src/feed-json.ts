/**
 * Messages and stream parts of a feed as JSON, and back.
 *
 * Shape   message [from or null, to, entries]; part [stream, asOf, number, isLast, entries];
 *         entry [key, value, version].
 * M1      entries of a message stand in rising version, each key once; those of an interval come after its `from`.
 */
import type { FeedEntry, FeedMessage } from './feed.js';
import {
  decodeIf,
  decodeInteger,
  decodeList,
  decodeName,
  decodeTuple,
  malformed,
  type Decode,
  type Json,
  type Malformed,
} from './json.js';
import { ok, type Result } from './result.js';
import type { StreamPart } from './whole-stream.js';

const ROOT = '$';
const decodeVersion = decodeInteger(1);
const decodeFrom = decodeIf(
  (input): input is number | null => input === null || decodeInteger(0)(input).ok,
  'null or an integer from 0 to 2^53-1',
);
const decodeFlag = decodeIf((input): input is boolean => typeof input === 'boolean', 'a boolean');

/** The message as JSON. Cost O(entries). */
export function encodeMessage<V>(
  { from, to, entries }: FeedMessage<V>,
  encodeValue: (value: V) => Json,
): Json {
  return [from, to, encodeEntries(entries, encodeValue)];
}

/** A decoder of what encodeMessage makes. */
export function decodeMessage<V>(decodeValue: Decode<V>): Decode<FeedMessage<V>> {
  const fields = decodeTuple(decodeFrom, decodeInteger(0), decodeEntries(decodeValue));
  return (input, path = ROOT) => {
    const read = fields(input, path);
    if (!read.ok) return read;
    const [from, to, entries] = read.value;
    if (!isRising(entries)) return malformed(path, 'entries in rising version');
    if (from === null) return ok({ from, to, entries });
    const comeAfter = (entries[0]?.version ?? to) > from;
    return from < to && comeAfter
      ? ok({ from, to, entries })
      : malformed(path, 'an interval whose entries come after its start');
  };
}

/** The part as JSON. Cost O(entries). */
export function encodePart<V>(part: StreamPart<V>, encodeValue: (value: V) => Json): Json {
  const { stream, asOf, number, isLast, entries } = part;
  return [stream, asOf, number, isLast, encodeEntries(entries, encodeValue)];
}

/** A decoder of what encodePart makes. */
export function decodePart<V>(decodeValue: Decode<V>): Decode<StreamPart<V>> {
  const fields = decodeTuple(
    decodeName,
    decodeInteger(0),
    decodeInteger(0),
    decodeFlag,
    decodeEntries(decodeValue),
  );
  return (input, path = ROOT) => {
    const read = fields(input, path);
    if (!read.ok) return read;
    const [stream, asOf, number, isLast, entries] = read.value;
    return ok({ stream, asOf, number, isLast, entries });
  };
}

function encodeEntries<V>(
  entries: readonly FeedEntry<V>[],
  encodeValue: (value: V) => Json,
): readonly Json[] {
  return entries.map(({ key, value, version }) => [key, encodeValue(value), version]);
}

function decodeEntries<V>(decodeValue: Decode<V>): Decode<readonly FeedEntry<V>[]> {
  const entry = decodeTuple(decodeName, decodeValue, decodeVersion);
  const list = decodeList(entry);
  return (input, path = ROOT): Result<readonly FeedEntry<V>[], Malformed> => {
    const read = list(input, path);
    if (!read.ok) return read;
    const entries = read.value.map(([key, value, version]) => ({ key, value, version }));
    const isOnceEach = new Set(entries.map(({ key }) => key)).size === entries.length;
    return isOnceEach ? ok(entries) : malformed(path, 'each key once');
  };
}

function isRising(entries: readonly FeedEntry<unknown>[]): boolean {
  return entries.every(({ version }, at) => at === 0 || (entries[at - 1]?.version ?? 0) <= version);
}
