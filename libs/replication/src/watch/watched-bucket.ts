/**
 * What a reader holds of one bucket: what somebody watches of it, each with its own version, and how far it has followed the
 * bucket. It decides; reading, subscribing and sending are its caller's.
 *
 * W1  a value never steps back in version.
 * W2  an answer read at a rev below the reader's position is not kept: something it misses was told already.
 * W3  of pages and users it is told only that they have changed: pages are stale until they are read. Where something was missed
 *     every user may have changed, for the index of a bucket has no rows of follows where no peer may ask for them.
 */
import {
  NOWHERE,
  compareRev,
  continuity,
  isNews,
  type Continuity,
  type Position,
  type RevVersion,
} from '@headcount/crdt';
import type {
  BucketChanges,
  BucketModifications,
  BucketSince,
  CounterRow,
  CounterView,
  CountersRead,
} from '@headcount/counter-store';
import {
  UNREAD,
  type Kind,
  type WatchedCounter,
  type WatchedPage,
  type WatchedUser,
  type Watching,
} from './watched.js';

/** What has changed, for whoever watches it. */
export interface Changed<W> {
  readonly counters: readonly WatchedCounter<W>[];
  readonly users: readonly WatchedUser<W>[];
}

export class WatchedBucket<W> {
  readonly counters = new Map<string, WatchedCounter<W>>();
  readonly pages = new Map<string, WatchedPage<W>>();
  readonly users = new Map<string, WatchedUser<W>>();
  /** Pages that have changed since they were read. */
  readonly stalePages = new Set<WatchedPage<W>>();
  /** Counters that have not been read yet: no publication tells of them before they change. */
  readonly unreadCounters = new Set<WatchedCounter<W>>();
  private at: Position = NOWHERE;
  /** Whether the position stands for something read. */
  private isFollowing = false;
  /** As of the last read. Whoever is stale changes by a gap in the revs, so that everything is read again. */
  private staleRegions: readonly string[] = [];

  /** How far the reader has followed the bucket. */
  get position(): Position {
    return this.at;
  }

  /** Whether it has a position from which it follows. */
  get following(): boolean {
    return this.isFollowing;
  }

  /** Whether something is to be read though nothing was missed. */
  get hasUnread(): boolean {
    return this.stalePages.size > 0 || this.unreadCounters.size > 0;
  }

  /** How many things are watched. */
  get size(): number {
    return this.counters.size + this.pages.size + this.users.size;
  }

  /** Registers a watcher; the counter is made if it is new. */
  watch(
    counter: { readonly key: string; readonly pageId: string; readonly name: string },
    watcher: W,
  ): WatchedCounter<W> {
    let watched = this.counters.get(counter.key);
    if (!watched) {
      const unread = { view: null, staleRegions: [], version: UNREAD };
      watched = { kind: 'counter', ...counter, watchers: new Set(), ...unread };
      this.counters.set(counter.key, watched);
      this.unreadCounters.add(watched);
    }
    watched.watchers.add(watcher);
    return watched;
  }

  /** The same for the modifications of a page. */
  watchPage(page: { readonly key: string; readonly pageId: string }, watcher: W): WatchedPage<W> {
    let watched = this.pages.get(page.key);
    if (!watched) {
      watched = { kind: 'page', ...page, watchers: new Set(), modified: null, version: UNREAD };
      this.pages.set(page.key, watched);
    }
    watched.watchers.add(watcher);
    return watched;
  }

  /** The same for the follows of a user. */
  watchUser(user: { readonly key: string; readonly userId: string }, watcher: W): WatchedUser<W> {
    let watched = this.users.get(user.key);
    if (!watched) {
      watched = { kind: 'user', ...user, watchers: new Set() };
      this.users.set(user.key, watched);
    }
    watched.watchers.add(watcher);
    return watched;
  }

  /** Takes a watcher off; the last one takes what is watched with him. Gives what it was. */
  unwatch(kind: Kind, key: string, watcher: W): Watching<W> | undefined {
    const watched = this.held(kind).get(key);
    watched?.watchers.delete(watcher);
    if (watched?.watchers.size !== 0) return watched;
    this.held(kind).delete(key);
    if (watched.kind === 'page') this.stalePages.delete(watched);
    if (watched.kind === 'counter') this.unreadCounters.delete(watched);
    return watched;
  }

  /** Takes in a publication where it follows on. For the other verdicts the caller must read. */
  publish(changes: BucketChanges): Changed<W> & { readonly verdict: Continuity } {
    const verdict = continuity(this.at, changes);
    if (verdict !== 'next') return { verdict, counters: [], users: [] };
    const { incarnation, toRev, rows, followers } = changes;
    this.at = { ...this.at, incarnation, rev: toRev };
    const users = followers.flatMap((key) => this.users.get(key) ?? []);
    return { verdict, counters: this.takeRows(rows, incarnation), users };
  }

  /**
   * Takes in the answer to a read of `keys`. Null: it is older than the position, so read again (W2).
   * Only a first read moves the position: others tell nothing of the counters that they left out.
   */
  takeRead(
    keys: readonly string[],
    { position, staleRegions, views }: CountersRead,
  ): WatchedCounter<W>[] | null {
    if (compareRev(position, this.at) < 0) return null;
    this.staleRegions = staleRegions;
    if (!this.isFollowing) this.at = position;
    this.isFollowing = true;
    return keys.flatMap((key, place) => {
      const view = views[place];
      return view ? this.take(key, view, position) : [];
    });
  }

  /** The same for a read of pages; it never moves the position. Those that it shows are stale no longer. */
  takePages(
    keys: readonly string[],
    { position, pages }: BucketModifications,
  ): WatchedPage<W>[] | null {
    if (compareRev(position, this.at) < 0) return null;
    return keys.flatMap((key, place) => {
      const page = this.pages.get(key);
      const modified = pages[place];
      if (!page || !modified) return [];
      this.stalePages.delete(page);
      if (!isNews(page.version, position)) return [];
      page.version = { incarnation: position.incarnation, rev: position.rev };
      page.modified = modified;
      return [page];
    });
  }

  /**
   * Takes in what changed since the position. Null: the caller must read all it watches, then `reach`; all pages are stale, and
   * all users may have changed.
   */
  takeSince({ position, rows }: BucketSince): Changed<W> | null {
    const order = compareRev(position, this.at);
    if (order < 0) return { counters: [], users: [] };
    if (rows === null) {
      for (const page of this.pages.values()) this.stalePages.add(page);
      return null;
    }
    this.at = position;
    const users = order > 0 ? [...this.users.values()] : [];
    return { counters: this.takeRows(rows, position.incarnation), users };
  }

  /** Everything watched has been read at `position` or later. */
  reach(position: Position): void {
    this.isFollowing = true;
    if (compareRev(position, this.at) > 0) this.at = position;
  }

  private held(kind: Kind): Map<string, Watching<W>> {
    const all = { counter: this.counters, page: this.pages, user: this.users };
    return all[kind] as Map<string, Watching<W>>;
  }

  private takeRows(rows: readonly CounterRow[], incarnation: string): WatchedCounter<W>[] {
    return rows.flatMap(({ key, view, rev }) => {
      const page = this.pages.get(key);
      if (page) this.stalePages.add(page);
      return this.take(key, view, { incarnation, rev });
    });
  }

  private take(key: string, view: CounterView, version: RevVersion): WatchedCounter<W>[] {
    const watched = this.counters.get(key);
    if (!watched || !isNews(watched.version, version)) return [];
    const { incarnation, rev } = version;
    watched.version = { incarnation, rev };
    watched.view = view;
    this.unreadCounters.delete(watched);
    watched.staleRegions = this.staleRegions;
    return [watched];
  }
}
