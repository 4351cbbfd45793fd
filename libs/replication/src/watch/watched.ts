/** What is watched, for gateways and for readers of this process: counters, the modifications of pages, and users whose follows have changed. */
import type { RevVersion } from '@headcount/crdt';
import type { BucketModifications, CounterView } from '@headcount/counter-store';

/** A watched counter. `view` null: not read yet. */
export interface WatchedCounter<W> {
  readonly kind: 'counter';
  readonly key: string;
  readonly pageId: string;
  readonly name: string;
  readonly watchers: Set<W>;
  view: CounterView | null;
  /** Regions whose viewers the view leaves out. */
  staleRegions: readonly string[];
  version: RevVersion;
}

/** A page whose modifications are watched. `modified` null: not read yet. */
export interface WatchedPage<W> {
  readonly kind: 'page';
  readonly key: string;
  readonly pageId: string;
  readonly watchers: Set<W>;
  modified: BucketModifications['pages'][number] | null;
  version: RevVersion;
}

/** A user whose follows are watched; what they are is for the watchers to read. */
export interface WatchedUser<W> {
  readonly kind: 'user';
  readonly key: string;
  readonly userId: string;
  readonly watchers: Set<W>;
}

/** Whoever is told that something it watches has changed. */
export interface Watcher {
  offer(watched: Watching<Watcher>): void;
  /** It is no longer of interest. */
  drop(watched: Watching<Watcher>): void;
}

export type Watching<W> = WatchedCounter<W> | WatchedPage<W> | WatchedUser<W>;
export type Kind = Watching<unknown>['kind'];

/** The version of what has not been read: below all others. */
export const UNREAD: RevVersion = { incarnation: '', rev: -1 };
