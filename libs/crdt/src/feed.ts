/**
 * The feed: how one writer's map, key -> absolute value, reaches a receiver over a channel that loses,
 * repeats and reorders.
 *
 * Shape   a message is (from, to] with the values changed in between; `from: null` is whole state.
 * Join    taken iff stored >= from and to > stored. Versions of one writer are totally ordered and each
 *         has one content, so the higher one is the least upper bound.
 * Value   the map; a zero is the absence of a key.
 * Source  delta intervals: Almeida, Shoker, Baquero, JPDC 111 (2018), section 6; DESIGN.md §3.
 * F1      what is stored for a writer is exactly that writer's map at the stored version.
 * F2      a stored version never falls, except by forgetting (a rollback or a flush of the receiver).
 */
import { assert } from './assert.js';

/** One key's value and the version that it was written under. */
export interface FeedEntry<V> {
  readonly key: string;
  readonly value: V;
  readonly version: number;
}

/** The changes after `from` up to `to`, in rising version, at most one a key. */
export interface FeedInterval<V> {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly FeedEntry<V>[];
}

/** Everything of a writer as of `to`; what it does not mention is gone. */
export interface FeedWhole<V> {
  readonly from: null;
  readonly to: number;
  readonly entries: readonly FeedEntry<V>[];
}

export type FeedMessage<V> = FeedInterval<V> | FeedWhole<V>;

/** What a receiver holds of one writer. `version` 0: nothing. Zeros are never among the values. */
export interface FeedState<V> {
  readonly version: number;
  readonly values: ReadonlyMap<string, V>;
}

/** What became of a message: taken, older than what is stored, or a gap that needs an earlier `from`. */
export type FeedVerdict = 'taken' | 'old' | 'need';

/** A receiver that has heard nothing of the writer. */
export function nothingStored<V>(): FeedState<V> {
  return { version: 0, values: new Map() };
}

/** Whether a receiver at `stored` takes `message`. The rule of the feed, and the only place of it in TypeScript. */
export function judge(stored: number, message: FeedMessage<unknown>): FeedVerdict {
  if (message.from === null) return message.to >= stored ? 'taken' : 'old';
  if (message.to <= stored) return 'old';
  return stored >= message.from ? 'taken' : 'need';
}

/**
 * One message received: the verdict and the state after it, which is `state` itself unless taken.
 * Cost O(keys held + entries). Throws AssertionError on a message that no writer can have made.
 */
export function receive<V>(
  state: FeedState<V>,
  message: FeedMessage<V>,
  isZero: (value: V) => boolean,
): { readonly verdict: FeedVerdict; readonly state: FeedState<V> } {
  assert(message.from === null || message.from < message.to, 'an interval ends after it begins');
  const verdict = judge(state.version, message);
  if (verdict !== 'taken') return { verdict, state };
  const values = new Map<string, V>(message.from === null ? [] : state.values);
  for (const { key, value } of message.entries) {
    if (isZero(value)) values.delete(key);
    else values.set(key, value);
  }
  return { verdict, state: { version: message.to, values } };
}
