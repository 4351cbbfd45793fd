import { assert, type FeedEntry, type FeedMessage, type Presence } from '@headcount/crdt';
import { BODY_BYTES_MAX, type PageId, type WireFeedMessage } from '@headcount/protocol';

/** One bucket's message. */
export type BucketMessage = FeedMessage<Presence> & { readonly bucket: number };

/**
 * Bytes of a row beside its page id: brackets, quotes, commas and two numbers of at most 16 digits.
 */
const ROW_BYTES_MAX = 40;

/** Bytes of a message beside its rows: the names of its fields and three numbers. */
const MESSAGE_BYTES_MAX = 100;

/** Room for rows and messages in one request. */
const ROOM = BODY_BYTES_MAX - MESSAGE_BYTES_MAX;

/** Room for the rows of one message that has a request to itself, in bytes. */
export const MESSAGE_ROWS_BYTES_MAX = ROOM - MESSAGE_BYTES_MAX;

/** How many entries from the first on have rows that fit into `room` bytes. Cost O(entries). */
export function fitting(entries: readonly FeedEntry<Presence>[], room: number): number {
  let left = room;
  const tooMany = entries.findIndex(({ key }) => (left -= rowBytes(key)) < 0);
  return tooMany === -1 ? entries.length : tooMany;
}

/**
 * The messages as bodies of POST feed, each of at most 1 MiB, to be sent one after the other. An
 * interval that does not fit is split by version into (from, m] and (m, to]. Whole state is never
 * split, for a receiver may take its second half without the first; it must fit a request of its
 * own (BucketFeed, T5).
 */
export function feedPosts(messages: readonly BucketMessage[]): WireFeedMessage[][] {
  const posts: WireFeedMessage[][] = [];
  let left = 0;
  for (const message of messages) {
    let rest: BucketMessage | null = message;
    while (rest !== null) {
      const [first, second]: Cut = cut(rest, left - MESSAGE_BYTES_MAX);
      if (first === null) {
        posts.push([]);
        left = ROOM;
      } else {
        posts.at(-1)?.push(onTheWire(first));
        left -= bytesOf(first);
      }
      rest = second;
    }
  }
  return posts;
}

/** What fits, and what is left for the next request. */
type Cut = readonly [first: BucketMessage | null, rest: BucketMessage | null];

function cut(message: BucketMessage, room: number): Cut {
  const { bucket, from, to, entries } = message;
  const count = room < 0 ? 0 : fitting(entries, room);
  if (room >= 0 && count === entries.length) return [message, null];
  const last = entries[count - 1];
  if (from === null || last === undefined) {
    assert(room < MESSAGE_ROWS_BYTES_MAX, 'T5: whole state fits a request of its own');
    return [null, message];
  }
  return [
    { bucket, from, to: last.version, entries: entries.slice(0, count) },
    { bucket, from: last.version, to, entries: entries.slice(count) },
  ];
}

function bytesOf({ entries }: BucketMessage): number {
  return entries.reduce((sum, { key }) => sum + rowBytes(key), MESSAGE_BYTES_MAX);
}

function rowBytes(key: string): number {
  return Buffer.byteLength(key) + ROW_BYTES_MAX;
}

function onTheWire({ bucket, from, to, entries }: BucketMessage): WireFeedMessage {
  return {
    bucket,
    from,
    to,
    // The book puts nothing but page ids into the feed.
    entries: entries.map(({ key, value }) => [key as PageId, value.viewers, value.connections]),
  };
}
