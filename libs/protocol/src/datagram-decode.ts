import { bucketOf } from './hash.js';
import { ByteReader } from './byte-reader.js';
import {
  DATAGRAM_BYTES_MAX,
  DATAGRAM_TYPES,
  DATAGRAM_VERSION,
  KEY_ID_BYTES_MAX,
  MAC_BYTES,
  type Datagram,
  type DatagramRoute,
  type DropReason,
  type FeedDatagram,
  type HaveSection,
  type PageEntry,
  type ReceivedSection,
} from './datagram.js';
import { instanceIdOf, type InstanceId } from './instance-id.js';
import { PAGE_ID_BYTES_MAX, isPageId } from './page-id.js';
import { err, ok, type Result } from '@headcount/crdt';
import { utf8Text } from './utf8.js';

/** Whether `mac` is the signature of `signed` under the key. */
export type VerifyDatagram = (
  keyId: string,
  signed: Uint8Array,
  mac: Uint8Array,
) => Result<void, 'unknown_key' | 'bad_signature'>;

/** What can be wrong with the bytes alone. */
export type DecodeDropReason = Extract<
  DropReason,
  'too_long' | 'malformed' | 'unknown_version' | 'unknown_key' | 'bad_signature'
>;

/**
 * The datagram of received bytes. The signature is asked for before the body is looked at, so that
 * who has no key makes us read no more than a header. Never throws, whatever the bytes are. Cost
 * O(bytes) and one call of `verify`.
 */
export function decodeDatagram(
  bytes: Uint8Array,
  verify: VerifyDatagram,
): Result<Datagram, DecodeDropReason> {
  if (bytes.length > DATAGRAM_BYTES_MAX) return err('too_long');
  if (bytes.length < MAC_BYTES) return err('malformed');
  const signed = bytes.subarray(0, bytes.length - MAC_BYTES);
  const reader = new ByteReader(signed);
  const header = readHeader(reader);
  if (!header.ok) return header;

  const verdict = verify(header.value.keyId, signed, bytes.subarray(signed.length));
  if (!verdict.ok) return verdict;

  const datagram = readBody(reader, header.value);
  return datagram === null || reader.left > 0 ? err('malformed') : ok(datagram);
}

/**
 * What is wrong with a feed for this receiver, or null: it is addressed to us and its pages are
 * where they belong.
 */
export function misplaced(
  { receiver, sections }: FeedDatagram,
  me: InstanceId,
  buckets: number,
): Extract<DropReason, 'wrong_receiver' | 'unknown_bucket'> | null {
  if (receiver !== me) return 'wrong_receiver';
  const placed = sections.every(
    ({ bucket, entries }) =>
      bucket < buckets && entries.every(({ pageId }) => bucketOf(pageId, buckets) === bucket),
  );
  return placed ? null : 'unknown_bucket';
}

interface Header extends DatagramRoute {
  readonly type: number;
  readonly number: number;
}

const [MAGIC_H, MAGIC_C] = [0x48, 0x43];

function readHeader(reader: ByteReader): Result<Header, 'malformed' | 'unknown_version'> {
  if (reader.byte() !== MAGIC_H || reader.byte() !== MAGIC_C) return err('malformed');
  // The layout of another version is not ours to judge.
  if (reader.byte() !== DATAGRAM_VERSION) return err('unknown_version');
  const type = reader.byte();
  const keyLength = reader.byte();
  if (type === null || keyLength === null) return err('malformed');
  if (keyLength === 0 || keyLength > KEY_ID_BYTES_MAX) return err('malformed');
  const key = reader.bytes(keyLength);
  const sender = reader.bytes(16);
  const receiver = reader.bytes(16);
  const number = reader.uint64();
  if (key === null || sender === null || receiver === null || number === null) {
    return err('malformed');
  }
  const keyId = utf8Text(key);
  if (keyId === null) return err('malformed');
  return ok({
    type,
    keyId,
    sender: instanceIdOf(sender),
    receiver: instanceIdOf(receiver),
    number,
  });
}

function readBody(reader: ByteReader, header: Header): Datagram | null {
  const { keyId, sender, receiver, number } = header;
  const route = { keyId, sender, receiver };
  if (header.type === DATAGRAM_TYPES.feed) {
    const sections = readAll(reader, readFeedSection);
    if (sections === null || sections.length === 0) return null;
    return { type: 'feed', ...route, number, sections };
  }
  if (header.type === DATAGRAM_TYPES.have) {
    const answers = reader.varint();
    const sections = readAll(reader, readHaveSection);
    if (answers === null || sections === null) return null;
    return { type: 'have', ...route, number, answers, sections };
  }
  return null;
}

/** Reads to the end of the bytes. Each `read` takes at least one, so this ends. */
function readAll<T>(reader: ByteReader, read: (reader: ByteReader) => T | null): T[] | null {
  const all: T[] = [];
  while (reader.left > 0) {
    const one = read(reader);
    if (one === null) return null;
    all.push(one);
  }
  return all;
}

function readFeedSection(reader: ByteReader): ReceivedSection | null {
  const bucket = reader.varint();
  const from = reader.varint();
  const to = reader.varint();
  const count = reader.varint();
  if (bucket === null || from === null || to === null || count === null) return null;
  // An interval that does not end after it begins is none, and no receiver could judge it.
  if (from >= to) return null;
  const entries: PageEntry[] = [];
  while (entries.length < count) {
    const entry = readEntry(reader);
    if (entry === null) return null;
    entries.push(entry);
  }
  return { bucket, from, to, entries };
}

function readEntry(reader: ByteReader): PageEntry | null {
  const length = reader.varint();
  if (length === null || length === 0 || length > PAGE_ID_BYTES_MAX) return null;
  const page = reader.bytes(length);
  const pageId = page && utf8Text(page);
  const viewers = reader.varint();
  const connections = reader.varint();
  if (pageId === null || viewers === null || connections === null) return null;
  return isPageId(pageId) ? { pageId, viewers, connections } : null;
}

function readHaveSection(reader: ByteReader): HaveSection | null {
  const bucket = reader.varint();
  const stored = reader.varint();
  return bucket === null || stored === null ? null : { bucket, stored };
}
