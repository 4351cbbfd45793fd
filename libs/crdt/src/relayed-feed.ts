/**
 * A feed as a relay holds it: one writer's map with the version of each entry, so that what came from the writer can
 * be passed on to others who lack it.
 *
 * Shape   { version, floor, entries }: the map as of `version`. Zeros above `floor` are kept, for an interval must
 *         tell of them.
 * Join    `take`: the rule of feed.ts for messages; within a message, per key the later entry.
 * Value   `values`: the map without zeros.
 * Source  delta intervals: Almeida, Shoker, Baquero, JPDC 111 (2018), section 6; floors and relays: DESIGN.md §3.
 * F1      each key has the value that the writer gave it as of `version` or of a later one: early where a stream or a
 *         relay has told of it early, never late.
 * F2      floor <= version, and every zero above the floor is held.
 * F3      an interval is offered only from the floor or above; below it, whole state.
 */
import { assert } from './assert.js';
import {
  judge,
  type FeedEntry,
  type FeedInterval,
  type FeedMessage,
  type FeedVerdict,
} from './feed.js';
import { byText } from './json.js';

export interface RelayedFeed<V> {
  readonly version: number;
  readonly floor: number;
  readonly entries: ReadonlyMap<string, FeedEntry<V>>;
}

/** What a feed carries. */
export interface FeedKind<V> {
  /** Whether this value is the absence of a key. */
  readonly isZero: (value: V) => boolean;
  /** Whether this key stays though whole state does not mention it: a durable counter is never dropped. */
  readonly isLasting: (key: string) => boolean;
}

/** A relay that has heard nothing of the writer. */
export function nothingRelayed<V>(): RelayedFeed<V> {
  return { version: 0, floor: 0, entries: new Map() };
}

/** The delta by which the writer itself gives `key` a value: an interval of one version. Cost O(1). */
export function change<V>(feed: RelayedFeed<V>, key: string, value: V): FeedInterval<V> {
  const version = feed.version + 1;
  assert(Number.isSafeInteger(version), 'a writer has no version beyond 2^53-1');
  return { from: feed.version, to: version, entries: [{ key, value, version }] };
}

/**
 * One message received: the verdict and the feed after it, which is `feed` itself unless taken.
 * Cost O(keys held + entries). Throws AssertionError on a message that no sender can have made.
 */
export function take<V>(
  feed: RelayedFeed<V>,
  message: FeedMessage<V>,
  kind: FeedKind<V>,
): { readonly verdict: FeedVerdict; readonly feed: RelayedFeed<V> } {
  const { from, to, entries } = message;
  assert(from === null || from < to, 'an interval ends after it begins');
  const verdict = judge(feed.version, message);
  if (verdict !== 'taken') return { verdict, feed };
  if (from === null) {
    const told = new Set(entries.map(({ key }) => key));
    return { verdict, feed: endWhole(putEntries(feed, entries, kind), told, to, kind) };
  }
  return { verdict, feed: { ...putEntries(feed, entries, kind), version: to } };
}

/**
 * What one who has the writer's changes up to `from` lacks: an interval, whole state below the floor (F3), or null
 * if nothing. Cost O(n log n) in the keys held.
 */
export function offer<V>(
  feed: RelayedFeed<V>,
  from: number,
  kind: FeedKind<V>,
): FeedMessage<V> | null {
  const { version: to, floor } = feed;
  if (from >= to) return null;
  const held = [...feed.entries.values()].sort(byVersion);
  if (from < floor)
    return { from: null, to, entries: held.filter(({ value }) => !kind.isZero(value)) };
  // What is held early goes along. Without it the asker would miss what the writer changed up to `to` and again later.
  return { from, to, entries: held.filter(({ version }) => version > from) };
}

/**
 * The feed with its floor raised to `floor` and the zeros up to there forgotten; `feed` itself where the floor is
 * as high already. Cost O(keys held). Throws AssertionError where `floor` lies above the version (F2).
 */
export function cut<V>(feed: RelayedFeed<V>, floor: number, kind: FeedKind<V>): RelayedFeed<V> {
  assert(floor <= feed.version, `F2: a floor of ${floor} above version ${feed.version}`);
  if (floor <= feed.floor) return feed;
  const entries = new Map(feed.entries);
  for (const [key, { value, version }] of entries) {
    if (version <= floor && kind.isZero(value)) entries.delete(key);
  }
  return { ...feed, floor, entries };
}

/** The writer's map as far as it is held, without zeros. Cost O(keys held). */
export function values<V>(feed: RelayedFeed<V>, kind: FeedKind<V>): ReadonlyMap<string, V> {
  const map = new Map<string, V>();
  for (const [key, { value }] of feed.entries) if (!kind.isZero(value)) map.set(key, value);
  return map;
}

/** The feed with these entries, each unless a later one of its key is held. Version and floor stay. */
export function putEntries<V>(
  feed: RelayedFeed<V>,
  told: readonly FeedEntry<V>[],
  kind: FeedKind<V>,
): RelayedFeed<V> {
  const entries = new Map(feed.entries);
  for (const entry of told) {
    // An entry of the same version is put too: equal where all is well, and else repaired.
    if ((entries.get(entry.key)?.version ?? 0) > entry.version) continue;
    if (entry.version <= feed.floor && kind.isZero(entry.value)) entries.delete(entry.key);
    else entries.set(entry.key, entry);
  }
  return { ...feed, entries };
}

/** The feed once the whole state of version `asOf` has been put: what was not told of and is not newer is gone. */
export function endWhole<V>(
  feed: RelayedFeed<V>,
  told: ReadonlySet<string>,
  asOf: number,
  kind: FeedKind<V>,
): RelayedFeed<V> {
  const entries = new Map(feed.entries);
  for (const [key, { value, version }] of entries) {
    if (version > asOf) continue;
    const isDropped = !told.has(key) && !kind.isLasting(key);
    if (isDropped || kind.isZero(value)) entries.delete(key);
  }
  return { version: asOf, floor: asOf, entries };
}

/** The order of entries in a message. Keys that one change has written together have one version. */
function byVersion(left: FeedEntry<unknown>, right: FeedEntry<unknown>): number {
  return left.version - right.version || byText(left.key, right.key);
}
