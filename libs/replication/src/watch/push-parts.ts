/** What of all that has changed goes into one push. */
import {
  BODY_BYTES_MAX,
  encodePageModifications,
  encodeValue,
  type CounterValue,
  type PageId,
  type PushRequest,
  type ViewerId,
  type WirePageModifications,
  type WireValue,
} from '@headcount/protocol';
import type { WatchedCounter, WatchedPage, Watching } from './watched.js';

/** Things in one push: it is signed, sent and taken as one. */
const THINGS_MAX = 4000;
/** What there is beside the rows, with room to spare. */
const FRAME_BYTES = 1000;

/** Bytes of a row in JSON beside its texts and lists, and of an entry of its list, at most. */
const ROW_BYTES = 120;
const WRITER_BYTES = 80;
const REGION_BYTES = 36;

export interface PushParts<W> {
  readonly parts: Pick<PushRequest, 'values' | 'pages' | 'users'>;
  /** What is in it, and what there is nothing to say of. */
  readonly taken: readonly Watching<W>[];
  /** How many rows. */
  readonly size: number;
}

/** Takes as many as fit. `valueOf` null: nothing that can be sent. */
export function pushParts<W>(
  due: Iterable<Watching<W>>,
  valueOf: (counter: WatchedCounter<W>) => CounterValue | null,
): PushParts<W> {
  const taken: Watching<W>[] = [];
  const values: WireValue[] = [];
  const pages: WirePageModifications[] = [];
  const users: ViewerId[] = [];
  let bytes = FRAME_BYTES;
  for (const watched of due) {
    bytes += bytesOf(watched);
    if (taken.length === THINGS_MAX || (bytes > BODY_BYTES_MAX && taken.length > 0)) break;
    taken.push(watched);
    if (watched.kind === 'user') users.push(watched.userId as ViewerId);
    else if (watched.kind === 'page') pages.push(...pageRows(watched));
    else {
      const value = valueOf(watched);
      if (value !== null) values.push(encodeValue(value));
    }
  }
  const parts = { values, ...(pages.length > 0 && { pages }), ...(users.length > 0 && { users }) };
  return { parts, taken, size: values.length + pages.length + users.length };
}

/** Nothing where it has not been read yet. */
function pageRows<W>({ pageId, modified, version }: WatchedPage<W>): WirePageModifications[] {
  if (modified === null) return [];
  const value = { ...modified, ...version, pageId: pageId as PageId, told: null };
  return [encodePageModifications(value)];
}

/** Bytes of a row, at most. */
function bytesOf<W>(watched: Watching<W>): number {
  if (watched.kind === 'user') return textBytes(watched.userId);
  const texts = textBytes(watched.pageId) + ROW_BYTES;
  if (watched.kind === 'page') return texts + (watched.modified?.made.size ?? 0) * WRITER_BYTES;
  return texts + textBytes(watched.name) + watched.staleRegions.length * REGION_BYTES;
}

/** A UTF-16 unit is three bytes of UTF-8 at most, and an escaped one two. */
const textBytes = (text: string): number => text.length * 3 + 3;
