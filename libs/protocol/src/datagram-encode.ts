import type { FeedEntry, Presence } from '@headcount/crdt';
import { ByteWriter, varintLength } from './byte-writer.js';
import {
  DATAGRAM_BYTES_MAX,
  DATAGRAM_TYPES,
  DATAGRAM_VERSION,
  KEY_ID_BYTES_MAX,
  MAC_BYTES,
  type DatagramRoute,
  type FeedSection,
  type HaveSection,
} from './datagram.js';
import { instanceIdBytes } from './instance-id.js';
import { PAGE_ID_BYTES_MAX } from './page-id.js';
import { utf8Bytes } from './utf8.js';

/** Bytes up to the body, without those of the key id. */
const HEADER_BYTES = 2 + 1 + 1 + 1 + 16 + 16 + 8;

/**
 * Bytes set aside for the number of entries of a section: two hold more than a datagram has room
 * for.
 */
const ENTRY_COUNT_BYTES = 2;

/** An entry with its page id as bytes, so that it is encoded only once. */
interface SizedEntry {
  readonly page: Uint8Array;
  readonly value: Presence;
  readonly version: number;
  readonly size: number;
}

/** What goes into one datagram of one section. */
interface Part {
  readonly bucket: number;
  readonly from: number;
  readonly to: number;
  readonly entries: readonly SizedEntry[];
}

/**
 * The datagrams, not yet signed, that carry the sections: as few as fill up one after the other,
 * each of at most 1,200 bytes with its signature. An interval that does not fit is split by version
 * into (from, m] and (m, to], so every part is an interval of its own and may be lost without harm
 * to the others. `nextNumber` gives each datagram its number. No section: no datagram. Throws
 * RangeError on what no sender may state: a key of more than 256 bytes, entries not in rising
 * version within (from, to], a number that is no safe integer >= 0.
 */
export function encodeFeedDatagrams(
  route: DatagramRoute,
  sections: readonly FeedSection[],
  nextNumber: () => number,
): Uint8Array[] {
  return packed(sections, roomFor(route)).map((parts) => {
    const writer = headed(route, DATAGRAM_TYPES.feed, nextNumber());
    for (const part of parts) writePart(writer, part);
    return writer.written();
  });
}

/**
 * The answer, not yet signed, to the feed datagram with the number `answers`. Sections that do not
 * fit are left out from the end; the gateway then learns of those buckets by its next sync.
 */
export function encodeHave(
  route: DatagramRoute,
  number: number,
  answers: number,
  sections: readonly HaveSection[],
): Uint8Array {
  const writer = headed(route, DATAGRAM_TYPES.have, number);
  writer.varint(answers);
  let room = roomFor(route) - varintLength(answers);
  for (const { bucket, stored } of sections) {
    room -= varintLength(bucket) + varintLength(stored);
    if (room < 0) break;
    writer.varint(bucket);
    writer.varint(stored);
  }
  return writer.written();
}

/** Bytes that the body may have. */
function roomFor({ keyId }: DatagramRoute): number {
  return DATAGRAM_BYTES_MAX - MAC_BYTES - HEADER_BYTES - keyId.length;
}

/** Shares the sections out over datagrams with `room` bytes of body each. */
function packed(sections: readonly FeedSection[], room: number): Part[][] {
  const datagrams: Part[][] = [];
  let left = 0;
  const put = (part: Part, size: number): void => {
    const last = datagrams.at(-1);
    if (last !== undefined && size <= left) last.push(part);
    else {
      datagrams.push([part]);
      left = room;
    }
    left -= size;
  };
  for (const section of sections) split(section, room, () => left, put);
  return datagrams;
}

/**
 * Cuts a section into parts. The first takes what the datagram begun last has left, if that holds
 * at least one entry; each further one a datagram's whole room.
 */
function split(
  { bucket, from, to, entries }: FeedSection,
  room: number,
  left: () => number,
  put: (part: Part, size: number) => void,
): void {
  const sized = sizedEntries(from, to, entries);
  let begun = from;
  let next = 0;
  do {
    // `to` has the longest varint of all ends that a part of this section may get.
    const head = varintLength(bucket) + varintLength(begun) + varintLength(to) + ENTRY_COUNT_BYTES;
    const first = sized[next]?.size ?? 0;
    const limit = head + first <= left() ? left() : room;
    let size = head;
    const start = next;
    for (let entry = sized[next]; entry && size + entry.size <= limit; entry = sized[next]) {
      size += entry.size;
      next += 1;
    }
    const ends = next === sized.length ? to : (sized[next - 1]?.version ?? to);
    put({ bucket, from: begun, to: ends, entries: sized.slice(start, next) }, size);
    begun = ends;
  } while (next < sized.length);
}

function sizedEntries(from: number, to: number, entries: FeedSection['entries']): SizedEntry[] {
  const versions = [from, ...entries.map(({ version }) => version)];
  const rising = versions.every((version, at) => at === 0 || version > (versions[at - 1] ?? 0));
  if (!rising || from >= to || (versions.at(-1) ?? 0) > to) {
    throw new RangeError('entries must rise in version within (from, to]');
  }
  return entries.map(sizedEntry);
}

function sizedEntry({ key, value, version }: FeedEntry<Presence>): SizedEntry {
  const page = utf8Bytes(key);
  if (page.length === 0 || page.length > PAGE_ID_BYTES_MAX) {
    throw new RangeError(`a page id has 1 to ${PAGE_ID_BYTES_MAX} bytes, not ${page.length}`);
  }
  const numbers = varintLength(value.viewers) + varintLength(value.connections);
  return { page, value, version, size: varintLength(page.length) + page.length + numbers };
}

/** A writer that has the header behind it. */
function headed(
  { keyId, sender, receiver }: DatagramRoute,
  type: number,
  number: number,
): ByteWriter {
  const key = utf8Bytes(keyId);
  if (key.length === 0 || key.length > KEY_ID_BYTES_MAX) {
    throw new RangeError(`a key id has 1 to ${KEY_ID_BYTES_MAX} bytes, not ${key.length}`);
  }
  const writer = new ByteWriter(DATAGRAM_BYTES_MAX - MAC_BYTES);
  writer.bytes(utf8Bytes('HC'));
  writer.byte(DATAGRAM_VERSION);
  writer.byte(type);
  writer.byte(key.length);
  writer.bytes(key);
  writer.bytes(instanceIdBytes(sender));
  writer.bytes(instanceIdBytes(receiver));
  writer.uint64(number);
  return writer;
}

function writePart(writer: ByteWriter, { bucket, from, to, entries }: Part): void {
  writer.varint(bucket);
  writer.varint(from);
  writer.varint(to);
  writer.varint(entries.length);
  for (const { page, value } of entries) {
    writer.varint(page.length);
    writer.bytes(page);
    writer.varint(value.viewers);
    writer.varint(value.connections);
  }
}
