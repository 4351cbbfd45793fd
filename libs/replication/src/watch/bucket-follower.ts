/**
 * Follows one bucket for those who watch something of it: takes publications, reads what they miss, and offers what
 * changed to the watchers. The decisions are WatchedBucket's; here is the order of effects.
 *
 * F1  it is sure of what it holds for as long as a check against Redis bears it out: a check counts from its beginning, and only if the
 *     bucket's publications were heard all the time and it came up to where the check found the bucket.
 */
import { compareRev, type Position, type RevVersion } from '@headcount/crdt';
import {
  MODIFICATIONS_READ_MAX,
  type BucketChanges,
  type BucketModifications,
  type CounterStore,
  type ModificationStore,
} from '@headcount/counter-store';
import type { PageId } from '@headcount/protocol';
import { OneAtATime } from './one-at-a-time.js';
import { WatchedBucket } from './watched-bucket.js';
import type { Kind, WatchedCounter, WatchedPage, Watcher, Watching } from './watched.js';

/** Rows that an interval may have before a read of what is watched is cheaper. */
const ROWS_MAX = 1000;
/** Reads tried before a bucket that runs ahead of its answers is left to the next comparison. */
const READS_MAX = 5;
/** Counters that are read with one script when all are read again (about 2 ms). */
const COUNTERS_READ_MAX = 500;

/** A page that is asked for, and above which position its pairs are wanted; null: only how many there are. */
export interface PageWanted {
  readonly key: string;
  readonly pageId: PageId;
  readonly pairsAbove: number | null;
}

/** What was read of a page for whoever has asked for it, as of `position`. */
export interface PageRead {
  readonly pageId: PageId;
  readonly pairsAbove: number | null;
  readonly position: BucketModifications['position'];
  readonly modified: BucketModifications['pages'][number];
}

/** What a watcher wants of a bucket. */
export interface BucketWanted {
  readonly counters: readonly {
    readonly key: string;
    readonly pageId: string;
    readonly name: string;
  }[];
  readonly pages: readonly PageWanted[];
  readonly users: readonly { readonly key: string; readonly userId: string }[];
}

/** What a watcher is answered: users are only registered. */
export interface BucketAnswer {
  readonly counters: readonly WatchedCounter<Watcher>[];
  readonly pages: readonly PageRead[];
}

/** Where it reads, and on which clock. */
export interface FollowerStores {
  readonly counters: CounterStore;
  readonly modifications: Pick<ModificationStore, 'readBucket'>;
  readonly timers: { readonly nowMs: () => number };
}

/** Counters of which something new was read, as of `position`. */
interface CountersTaken {
  readonly changed: readonly WatchedCounter<Watcher>[];
  readonly position: Position;
}

/** A check against Redis that has begun. */
interface Check {
  readonly atMs: number;
  readonly doubts: number;
}

export class BucketFollower {
  private readonly watched = new WatchedBucket<Watcher>();
  /** Who has come and not registered yet: for them the subscription is kept. */
  joining = 0;
  private subscription: Promise<unknown> | null = null;
  private readonly mending = new OneAtATime(() => this.mendOnce());
  private readonly reading = new OneAtATime(() => this.readUnread());
  /** When the last check that F1 speaks of began. */
  private checkedAtMs = -Infinity;
  private doubts = 0;
  private isHeard = false;

  constructor(
    private readonly bucket: number,
    private readonly stores: FollowerStores,
  ) {}

  /** Subscribes once; again only after a failure. Rejects with ioredis' errors. */
  subscribed(subscribe: () => Promise<unknown>): Promise<unknown> {
    this.subscription ??= subscribe().then(
      () => (this.isHeard = true),
      (cause: unknown) => {
        this.subscription = null;
        throw cause;
      },
    );
    return this.subscription;
  }

  /** Since then nothing that was published before can be missing (F1); -Infinity: nothing is sure. */
  get sureSinceMs(): number {
    return this.checkedAtMs;
  }

  /** How far the bucket has been followed. */
  get position(): RevVersion {
    return this.watched.position;
  }

  /** Publications may have been missed, or cannot be heard any more. */
  doubt(): void {
    this.doubts += 1;
    this.checkedAtMs = -Infinity;
  }

  /** The connection that publications come by is gone, or there again. */
  hears(isHeard: boolean): void {
    if (!isHeard) this.doubt();
    if (this.subscription !== null) this.isHeard = isHeard;
  }

  /** Whether nobody watches anything here, nor is about to. */
  get idle(): boolean {
    return this.watched.size === 0 && this.joining === 0;
  }

  /** How much of each kind is watched. */
  get sizes(): Readonly<Record<Kind, number>> {
    const { counters, pages, users } = this.watched;
    return { counter: counters.size, page: pages.size, user: users.size };
  }

  watchesUser(key: string): boolean {
    return this.watched.users.has(key);
  }

  /**
   * Registers the interest, then reads: what changes in between is offered to the watcher all the same.
   * Resolves to what was asked for, in its order. Rejects with ioredis' errors.
   */
  async watch(watcher: Watcher, wanted: BucketWanted): Promise<BucketAnswer> {
    const counters = wanted.counters.map((counter) => this.watched.watch(counter, watcher));
    for (const page of wanted.pages) this.watched.watchPage(page, watcher);
    for (const user of wanted.users) this.watched.watchUser(user, watcher);
    const unread = counters.filter(({ view }) => view === null);
    // Whoever has no position would take the first publication for a new life of the bucket.
    const isFirst = !this.watched.following;
    if (unread.length > 0 || isFirst) {
      const check = this.begun();
      const read = await this.read(unread);
      this.offer(read?.changed ?? [], watcher);
      if (isFirst && read !== null) this.bearOut(check, read.position);
    }
    return { counters, pages: await this.readPages(wanted.pages, watcher) };
  }

  unwatch(watcher: Watcher, kind: Kind, key: string): void {
    const watched = this.watched.unwatch(kind, key, watcher);
    if (watched) watcher.drop(watched);
  }

  /** Takes a publication of the bucket. */
  publish(changes: BucketChanges): void {
    const { verdict, counters, users } = this.watched.publish(changes);
    this.offer([...counters, ...users]);
    if (verdict === 'gap' || verdict === 'reborn') {
      this.doubt();
      this.mending.wish();
    }
    if (this.watched.stalePages.size > 0) this.reading.wish();
  }

  /** Asks Redis where the bucket stands and reads what was missed. Rejects with ioredis' errors. */
  async compare(): Promise<void> {
    const check = this.begun();
    const position = await this.stores.counters.compare(this.bucket);
    const { incarnation, rev } = this.watched.position;
    if (position.incarnation !== incarnation || position.rev > rev) await this.mending.run();
    else if (this.watched.hasUnread) await this.reading.run();
    this.bearOut(check, position);
  }

  private begun(): Check {
    return { atMs: this.stores.timers.nowMs(), doubts: this.doubts };
  }

  /** `found` is where the check found the bucket. */
  private bearOut({ atMs, doubts }: Check, found: RevVersion): void {
    if (!this.isHeard || doubts !== this.doubts || !this.watched.following) return;
    if (compareRev(this.watched.position, found) >= 0)
      this.checkedAtMs = Math.max(this.checkedAtMs, atMs);
  }

  private async mendOnce(): Promise<void> {
    const check = this.begun();
    const { position: from } = this.watched;
    const since = await this.stores.counters.since(this.bucket, from, ROWS_MAX);
    const changed = this.watched.takeSince(since);
    if (changed !== null) {
      this.offer([...changed.counters, ...changed.users]);
      // An answer of a Redis that holds less than was told before bears nothing out.
      if (compareRev(since.position, from) >= 0) this.bearOut(check, since.position);
    } else {
      const read = await this.readAll();
      this.offer([...(read?.changed ?? []), ...this.watched.users.values()]);
      if (read !== null) this.bearOut(check, since.position);
    }
    if (this.watched.hasUnread) await this.reading.run();
  }

  /** Reads all that is watched, some at a time, so that Redis is never held up for long. Null: as of `read`. */
  private async readAll(): Promise<CountersTaken | null> {
    const counters = [...this.watched.counters.values()];
    const changed: WatchedCounter<Watcher>[] = [];
    let reached: Position | null = null;
    for (let at = 0; reached === null || at < counters.length; at += COUNTERS_READ_MAX) {
      const read = await this.read(counters.slice(at, at + COUNTERS_READ_MAX));
      if (read === null) return null;
      changed.push(...read.changed);
      // All that is read later is as of a later position.
      reached ??= read.position;
    }
    this.watched.reach(reached);
    return { changed, position: reached };
  }

  /**
   * Reads counters until the answer is as new as what was published before it. Null: it never was, so Redis may have
   * forgotten, which has been asked.
   */
  private async read(counters: readonly WatchedCounter<Watcher>[]): Promise<CountersTaken | null> {
    const keys = counters.map(({ key }) => key);
    for (let reads = 0; reads < READS_MAX; reads += 1) {
      const answer = await this.stores.counters.read(this.bucket, counters);
      const changed = this.watched.takeRead(keys, answer);
      if (changed !== null) return { changed, position: answer.position };
    }
    await this.stores.counters.compare(this.bucket);
    return null;
  }

  /** Reads the pages that have changed, and the counters that a busy bucket has not let be read when they were asked for. */
  private async readUnread(): Promise<void> {
    const { unreadCounters, stalePages } = this.watched;
    if (unreadCounters.size > 0) this.offer((await this.read([...unreadCounters]))?.changed ?? []);
    await this.readPages([...stalePages].map(askOf));
  }

  /** Reads pages as `read` does counters; what is news of them is offered to all but the asker. */
  private async readPages(pages: readonly PageWanted[], asker?: Watcher): Promise<PageRead[]> {
    const found: PageRead[] = [];
    for (let at = 0; at < pages.length; at += MODIFICATIONS_READ_MAX) {
      found.push(...(await this.readSome(pages.slice(at, at + MODIFICATIONS_READ_MAX), asker)));
    }
    return found;
  }

  private async readSome(pages: readonly PageWanted[], asker?: Watcher): Promise<PageRead[]> {
    const keys = pages.map(({ key }) => key);
    for (let reads = 0; reads < READS_MAX; reads += 1) {
      const answer = await this.stores.modifications.readBucket(this.bucket, pages);
      const changed = this.watched.takePages(keys, answer);
      if (changed === null) continue;
      this.offer(changed, asker);
      const { position } = answer;
      return pages.flatMap(({ pageId, pairsAbove }, place) => {
        const modified = answer.pages[place];
        return modified ? [{ pageId, pairsAbove, position, modified }] : [];
      });
    }
    await this.stores.counters.compare(this.bucket);
    return [];
  }

  /** `asker` gets what was read with its answer and need not be told as well. */
  private offer(changed: readonly Watching<Watcher>[], asker?: Watcher): void {
    for (const watched of changed) {
      for (const watcher of watched.watchers) if (watcher !== asker) watcher.offer(watched);
    }
  }
}

function askOf({ key, pageId }: WatchedPage<Watcher>): PageWanted {
  return { key, pageId: pageId as PageId, pairsAbove: null };
}
