/**
 * The feeds of all writers that a replica holds of one bucket, its own among them: what gossip is made of.
 *
 * Shape   writer -> its feed, as a relay holds it.
 * Join    feed by feed: `take` of relayed-feed.ts.
 * Value   `coverage`: the version vector of what is held, which is the whole of a question to a peer.
 * Source  anti-entropy by version vectors: Demers et al., "Epidemic Algorithms", PODC 1987, section 1.3; DESIGN.md §3.
 */
import type { FeedMessage } from './feed.js';
import { nothingRelayed, offer, type FeedKind, type RelayedFeed } from './relayed-feed.js';
import { lacking } from './version-span.js';
import type { VersionVector } from './version-vector.js';
import type { Writer } from './writer.js';

export type BucketFeeds<V> = ReadonlyMap<Writer, RelayedFeed<V>>;

/** What one replica offers another of one writer. */
export interface FeedOffer<V> {
  readonly writer: Writer;
  readonly message: FeedMessage<V>;
}

/** What is held of every writer. Cost O(writers). */
export function coverage(feeds: BucketFeeds<unknown>): VersionVector {
  const vector = new Map<Writer, number>();
  for (const [writer, { version }] of feeds) if (version > 0) vector.set(writer, version);
  return vector;
}

/**
 * What a replica with this vector lacks, one message a writer: writers of a third region are passed on like one's own.
 * Cost O(writers), and O(n log n) in the keys of those it lacks something of.
 */
export function offersTo<V>(
  feeds: BucketFeeds<V>,
  vector: VersionVector,
  kind: FeedKind<V>,
): readonly FeedOffer<V>[] {
  const offers: FeedOffer<V>[] = [];
  for (const { writer, from } of lacking(vector, coverage(feeds))) {
    const message = offer(feeds.get(writer) ?? nothingRelayed<V>(), from, kind);
    if (message !== null) offers.push({ writer, message });
  }
  return offers;
}
