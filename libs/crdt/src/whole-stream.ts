/**
 * Whole state in parts: a feed too large for one message is read and sent shelf by shelf, while it goes on changing.
 *
 * Shape   a part is (stream, asOf, number, isLast, entries): shelf `number` as it was when it was read, each entry with
 *         its own version. `asOf` is the sender's version when the stream began.
 * Join    per key the later entry. At the end, what no part told of and is not newer than `asOf` is gone.
 * Source  DESIGN.md §3, "Whole state", §4, "Shelves".
 * T1      shelves are read in rising number, up to as many as there are by then. An entry moves only to a shelf with a
 *         higher number, so none is missed, though some may be told twice.
 * T2      parts are taken in rising number and all from one stream, for another's shelves may be cut otherwise.
 * T3      a stream ends with its sender's memory: who forgets, or begins a new incarnation, begins a new stream.
 */
import type { FeedEntry, FeedVerdict } from './feed.js';
import { endWhole, putEntries, type FeedKind, type RelayedFeed } from './relayed-feed.js';

/** One shelf of a writer's whole state. */
export interface StreamPart<V> {
  /** Names the stream: no other one that the receiver may hear of has the same name. */
  readonly stream: string;
  readonly asOf: number;
  readonly number: number;
  readonly isLast: boolean;
  readonly entries: readonly FeedEntry<V>[];
}

/** How far a sender has come. */
export interface StreamCursor {
  readonly stream: string;
  readonly asOf: number;
  readonly next: number;
}

/** How the sender's keys lie on shelves at the time of reading. */
export interface Shelves {
  readonly count: number;
  readonly shelfOf: (key: string) => number;
}

/** How far a receiver has come with the one stream that it takes. */
export interface StreamProgress {
  readonly stream: string;
  readonly asOf: number;
  readonly next: number;
  readonly told: ReadonlySet<string>;
}

/** What became of a part. `more`: taken, others are to come; `taken`: the whole state is taken. */
export type StreamVerdict = FeedVerdict | 'more';

/** A receiver's feed after a part, and how far the stream has come; null when it takes none. */
export interface StreamedInto<V> {
  readonly verdict: StreamVerdict;
  readonly feed: RelayedFeed<V>;
  readonly progress: StreamProgress | null;
}

/** Begins a stream of the whole state of `feed`. Cost O(1). */
export function openStream(feed: RelayedFeed<unknown>, stream: string): StreamCursor {
  return { stream, asOf: feed.version, next: 0 };
}

/**
 * Reads the next shelf from the feed as it is now, and moves the cursor on; `cursor` is null after the last shelf.
 * The answer is null where the feed has forgotten what it had when the stream began (T3).
 * Cost O(keys held); a store whose shelves are hashes reads one of them.
 */
export function readPart<V>(
  feed: RelayedFeed<V>,
  cursor: StreamCursor,
  { count, shelfOf }: Shelves,
  kind: FeedKind<V>,
): { readonly part: StreamPart<V>; readonly cursor: StreamCursor | null } | null {
  const { stream, asOf, next: number } = cursor;
  if (feed.version < asOf) return null;
  // Of a zero silence says enough: what is not told of is dropped, or has come by an interval that told of it.
  const entries = [...feed.entries.values()].filter(
    ({ key, value }) => shelfOf(key) === number && !kind.isZero(value),
  );
  const isLast = number + 1 >= count;
  return {
    part: { stream, asOf, number, isLast, entries },
    cursor: isLast ? null : { stream, asOf, next: number + 1 },
  };
}

/**
 * One part received. A first part begins its stream anew, in place of another one; a receiver asks one sender at a
 * time. Cost O(keys held + entries).
 */
export function takePart<V>(
  feed: RelayedFeed<V>,
  progress: StreamProgress | null,
  part: StreamPart<V>,
  kind: FeedKind<V>,
): StreamedInto<V> {
  // Intervals have overtaken the stream: all that it could tell is known, and its end would step back.
  if (part.asOf < feed.version) {
    return { verdict: 'old', feed, progress: isOf(progress, part) ? null : progress };
  }
  const at = isOf(progress, part) ? progress : begun(part);
  if (part.number < at.next) return { verdict: 'old', feed, progress };
  if (part.number > at.next) return { verdict: 'need', feed, progress };
  const told = new Set(at.told);
  for (const { key } of part.entries) told.add(key);
  const put = putEntries(feed, part.entries, kind);
  if (part.isLast) {
    return { verdict: 'taken', feed: endWhole(put, told, part.asOf, kind), progress: null };
  }
  return { verdict: 'more', feed: put, progress: { ...at, next: at.next + 1, told } };
}

function isOf(
  progress: StreamProgress | null,
  part: StreamPart<unknown>,
): progress is StreamProgress {
  return progress !== null && progress.stream === part.stream && progress.asOf === part.asOf;
}

function begun({ stream, asOf }: StreamPart<unknown>): StreamProgress {
  return { stream, asOf, next: 0, told: new Set() };
}
