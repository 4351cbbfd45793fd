/**
 * Follows one bucket for the gateways that watch something of it: takes publications, reads what they miss, and
 * offers what changed to the streams. The decisions are WatchedBucket's; here is the order of effects.
 */
import {
  MODIFICATIONS_READ_MAX,
  type BucketChanges,
  type BucketModifications,
  type CounterStore,
  type ModificationStore,
} from '@headcount/counter-store';
import type { PageId } from '@headcount/protocol';
import { OneAtATime } from './one-at-a-time.js';
import type { PushStream, Watched } from './push-stream.js';
import { WatchedBucket } from './watched-bucket.js';
import type { Kind, WatchedCounter, WatchedPage } from './watched.js';

/** Rows that an interval may have before a read of what is watched is cheaper. */
const ROWS_MAX = 1000;
/** Reads tried before a bucket that runs ahead of its answers is left to the next comparison. */
const READS_MAX = 5;

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

/** What a stream wants of a bucket. */
export interface BucketWanted {
  readonly counters: readonly {
    readonly key: string;
    readonly pageId: string;
    readonly name: string;
  }[];
  readonly pages: readonly PageWanted[];
  readonly users: readonly { readonly key: string; readonly userId: string }[];
}

/** What a stream is answered: users are only registered. */
export interface BucketAnswer {
  readonly counters: readonly WatchedCounter<PushStream>[];
  readonly pages: readonly PageRead[];
}

/** Where it reads. */
export interface FollowerStores {
  readonly counters: CounterStore;
  readonly modifications: Pick<ModificationStore, 'readBucket'>;
}

export class BucketFollower {
  private readonly watched = new WatchedBucket<PushStream>();
  /** Who has come and not registered yet: for them the subscription is kept. */
  joining = 0;
  private subscription: Promise<unknown> | null = null;
  private readonly mending = new OneAtATime(() => this.mendOnce());
  private readonly reading = new OneAtATime(() => this.readStale());

  constructor(
    private readonly bucket: number,
    private readonly stores: FollowerStores,
  ) {}

  /** Subscribes once; again only after a failure. Rejects with ioredis' errors. */
  subscribed(subscribe: () => Promise<unknown>): Promise<unknown> {
    this.subscription ??= subscribe().catch((cause: unknown) => {
      this.subscription = null;
      throw cause;
    });
    return this.subscription;
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
   * Registers the interest, then reads: what changes in between is offered to the stream all the same.
   * Resolves to what was asked for, in its order. Rejects with ioredis' errors.
   */
  async watch(stream: PushStream, wanted: BucketWanted): Promise<BucketAnswer> {
    const counters = wanted.counters.map((counter) => this.watched.watch(counter, stream));
    for (const page of wanted.pages) this.watched.watchPage(page, stream);
    for (const user of wanted.users) this.watched.watchUser(user, stream);
    const unread = counters.filter(({ view }) => view === null);
    // Whoever has no position would take the first publication for a new life of the bucket.
    if (unread.length > 0 || !this.watched.following) this.offer(await this.read(unread), stream);
    return { counters, pages: await this.readPages(wanted.pages, stream) };
  }

  unwatch(stream: PushStream, kind: Kind, key: string): void {
    const watched = this.watched.unwatch(kind, key, stream);
    if (watched) stream.drop(watched);
  }

  /** Takes a publication of the bucket. */
  publish(changes: BucketChanges): void {
    const { verdict, counters, users } = this.watched.publish(changes);
    this.offer([...counters, ...users]);
    if (verdict === 'gap' || verdict === 'reborn') this.mending.wish();
    if (this.watched.stalePages.size > 0) this.reading.wish();
  }

  /** Asks Redis where the bucket stands and reads what was missed. Rejects with ioredis' errors. */
  async compare(): Promise<void> {
    const position = await this.stores.counters.compare(this.bucket);
    const { incarnation, rev } = this.watched.position;
    if (position.incarnation !== incarnation || position.rev > rev) await this.mending.run();
    else if (this.watched.stalePages.size > 0) await this.reading.run();
  }

  private async mendOnce(): Promise<void> {
    const since = await this.stores.counters.since(this.bucket, this.watched.position, ROWS_MAX);
    const changed = this.watched.takeSince(since);
    if (changed !== null) this.offer([...changed.counters, ...changed.users]);
    else {
      this.offer(await this.read([...this.watched.counters.values()], true));
      this.offer([...this.watched.users.values()]);
    }
    if (this.watched.stalePages.size > 0) await this.reading.run();
  }

  /** Reads counters until the answer is as new as what was published before it. */
  private async read(
    counters: readonly WatchedCounter<PushStream>[],
    all = false,
  ): Promise<WatchedCounter<PushStream>[]> {
    const keys = counters.map(({ key }) => key);
    for (let reads = 0; reads < READS_MAX; reads += 1) {
      const answer = await this.stores.counters.read(this.bucket, counters);
      const changed = this.watched.takeRead(keys, answer);
      if (changed === null) continue;
      if (all) this.watched.reach(answer.position);
      return changed;
    }
    // Redis answers with less than was published: it may have forgotten, which a comparison finds out.
    await this.stores.counters.compare(this.bucket);
    return [];
  }

  /** Reads the pages that have changed. */
  private async readStale(): Promise<void> {
    const stale = [...this.watched.stalePages];
    await this.readPages(stale.map(askOf));
  }

  /** Reads pages as `read` does counters; what is news of them is offered to all but the asker. */
  private async readPages(pages: readonly PageWanted[], asker?: PushStream): Promise<PageRead[]> {
    const found: PageRead[] = [];
    for (let at = 0; at < pages.length; at += MODIFICATIONS_READ_MAX) {
      found.push(...(await this.readSome(pages.slice(at, at + MODIFICATIONS_READ_MAX), asker)));
    }
    return found;
  }

  private async readSome(pages: readonly PageWanted[], asker?: PushStream): Promise<PageRead[]> {
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

  /** `asker` gets what was read with its answer and need not have it pushed as well. */
  private offer(changed: readonly Watched[], asker?: PushStream): void {
    for (const watched of changed) {
      for (const stream of watched.watchers) if (stream !== asker) stream.offer(watched);
    }
  }
}

function askOf({ key, pageId }: WatchedPage<PushStream>): PageWanted {
  return { key, pageId: pageId as PageId, pairsAbove: null };
}
