/**
 * What a reader holds of one bucket: the counters that somebody watches, each with its own version, and how far
 * it has followed the bucket. It decides; reading, subscribing and sending are its caller's.
 *
 * W1  a value never steps back in version.
 * W2  an answer read at a rev below the reader's position is not kept: something it misses was told already.
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
  BucketSince,
  CounterRow,
  CounterView,
  CountersRead,
} from '@headcount/counter-store';

/** A watched counter. `view` null: not read yet. */
export interface WatchedCounter<W> {
  readonly key: string;
  readonly pageId: string;
  readonly name: string;
  readonly watchers: Set<W>;
  view: CounterView | null;
  /** Regions whose viewers the view leaves out. */
  staleRegions: readonly string[];
  version: RevVersion;
}

const UNREAD: RevVersion = { incarnation: '', rev: -1 };

export class WatchedBucket<W> {
  readonly counters = new Map<string, WatchedCounter<W>>();
  private at: Position = NOWHERE;
  /** Whether the position stands for something read. */
  private following = false;
  /** As of the last read. Whoever is stale changes by a gap in the revs, so that everything is read again. */
  private staleRegions: readonly string[] = [];

  /** How far the reader has followed the bucket. */
  get position(): Position {
    return this.at;
  }

  /** Registers a watcher; the counter is made if it is new. */
  watch(
    counter: { readonly key: string; readonly pageId: string; readonly name: string },
    watcher: W,
  ): WatchedCounter<W> {
    let watched = this.counters.get(counter.key);
    if (!watched) {
      watched = { ...counter, watchers: new Set(), view: null, staleRegions: [], version: UNREAD };
      this.counters.set(counter.key, watched);
    }
    watched.watchers.add(watcher);
    return watched;
  }

  /** Takes a watcher off; the last one takes the counter with him. */
  unwatch(key: string, watcher: W): void {
    const watched = this.counters.get(key);
    watched?.watchers.delete(watcher);
    if (watched?.watchers.size === 0) this.counters.delete(key);
  }

  /** Takes in a publication where it follows on. For the other verdicts the caller must read. */
  publish(changes: BucketChanges): {
    readonly verdict: Continuity;
    readonly changed: WatchedCounter<W>[];
  } {
    const verdict = continuity(this.at, changes);
    if (verdict !== 'next') return { verdict, changed: [] };
    const { incarnation, toRev, rows } = changes;
    this.at = { ...this.at, incarnation, rev: toRev };
    return { verdict, changed: this.takeRows(rows, incarnation) };
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
    if (!this.following) this.at = position;
    this.following = true;
    return keys.flatMap((key, place) => {
      const view = views[place];
      return view ? this.take(key, view, position) : [];
    });
  }

  /** Takes in what changed since the position. Null: the caller must read all it watches, then `reach`. */
  takeSince({ position, rows }: BucketSince): WatchedCounter<W>[] | null {
    if (compareRev(position, this.at) < 0) return [];
    if (rows === null) return null;
    this.at = position;
    return this.takeRows(rows, position.incarnation);
  }

  /** Everything watched has been read at `position` or later. */
  reach(position: Position): void {
    this.following = true;
    if (compareRev(position, this.at) > 0) this.at = position;
  }

  private takeRows(rows: readonly CounterRow[], incarnation: string): WatchedCounter<W>[] {
    return rows.flatMap(({ key, view, rev }) => this.take(key, view, { incarnation, rev }));
  }

  private take(key: string, view: CounterView, version: RevVersion): WatchedCounter<W>[] {
    const watched = this.counters.get(key);
    if (!watched || !isNews(watched.version, version)) return [];
    const { incarnation, rev } = version;
    watched.version = { incarnation, rev };
    watched.view = view;
    watched.staleRegions = this.staleRegions;
    return [watched];
  }
}
