/**
 * Follows one bucket for the gateways that watch counters of it: takes publications, reads what they miss, and
 * offers what changed to the streams. The decisions are WatchedBucket's; here is the order of effects.
 */
import type { BucketChanges, CounterStore } from '@headcount/counter-store';
import { counterKey } from '@headcount/counter-store';
import { WatchedBucket } from './watched-bucket.js';
import type { CounterRef } from './counter-of.js';
import type { PushStream, Watched } from './push-stream.js';

/** Rows that an interval may have before a read of what is watched is cheaper. */
const ROWS_MAX = 1000;
/** Reads tried before a bucket that runs ahead of its answers is left to the next comparison. */
const READS_MAX = 5;

export class BucketFollower {
  private readonly watched = new WatchedBucket<PushStream>();
  /** Who has come and not registered yet: for them the subscription is kept. */
  joining = 0;
  private mending: Promise<void> | null = null;
  private mendAgain = false;
  private subscription: Promise<unknown> | null = null;

  constructor(
    private readonly bucket: number,
    private readonly counters: CounterStore,
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
    return this.watched.counters.size === 0 && this.joining === 0;
  }

  get size(): number {
    return this.watched.counters.size;
  }

  /**
   * Registers the interest, then reads: what changes in between is offered to the stream all the same.
   * Resolves to the counters in the order asked. Rejects with ioredis' errors.
   */
  async watch(stream: PushStream, wanted: readonly CounterRef[]): Promise<Watched[]> {
    const counters = wanted.map(({ pageId, name }) =>
      this.watched.watch({ key: counterKey(pageId, name).key, pageId, name }, stream),
    );
    const unread = counters.filter(({ view }) => view === null);
    if (unread.length > 0) this.offer(await this.read(unread), stream);
    return counters;
  }

  unwatch(stream: PushStream, key: string): void {
    const counter = this.watched.counters.get(key);
    if (counter) stream.drop(counter);
    this.watched.unwatch(key, stream);
  }

  /** Takes a publication of the bucket. */
  publish(changes: BucketChanges): void {
    const { verdict, changed } = this.watched.publish(changes);
    this.offer(changed);
    if (verdict === 'gap' || verdict === 'reborn') void this.mend().catch(() => undefined);
  }

  /** Asks Redis where the bucket stands and reads what was missed. Rejects with ioredis' errors. */
  async compare(): Promise<void> {
    const position = await this.counters.compare(this.bucket);
    const { incarnation, rev } = this.watched.position;
    if (position.incarnation !== incarnation || position.rev > rev) await this.mend();
  }

  /** Reads what was missed; one at a time, and once more if asked meanwhile. */
  private mend(): Promise<void> {
    if (this.mending) {
      this.mendAgain = true;
      return this.mending;
    }
    this.mending = this.mendOnce().finally(() => {
      this.mending = null;
      if (!this.mendAgain) return;
      this.mendAgain = false;
      void this.mend().catch(() => undefined);
    });
    return this.mending;
  }

  private async mendOnce(): Promise<void> {
    const since = await this.counters.since(this.bucket, this.watched.position, ROWS_MAX);
    const changed = this.watched.takeSince(since);
    if (changed !== null) return this.offer(changed);
    this.offer(await this.read([...this.watched.counters.values()], true));
  }

  /** Reads counters until the answer is as new as what was published before it. */
  private async read(counters: readonly Watched[], all = false): Promise<Watched[]> {
    const keys = counters.map(({ key }) => key);
    for (let reads = 0; reads < READS_MAX; reads += 1) {
      const answer = await this.counters.read(this.bucket, counters);
      const changed = this.watched.takeRead(keys, answer);
      if (changed === null) continue;
      if (all) this.watched.reach(answer.position);
      return changed;
    }
    // Redis answers with less than was published: it may have forgotten, which a comparison finds out.
    await this.counters.compare(this.bucket);
    return [];
  }

  /** `asker` gets the values with its answer and need not have them pushed as well. */
  private offer(changed: readonly Watched[], asker?: PushStream): void {
    for (const counter of changed) {
      for (const stream of counter.watchers) if (stream !== asker) stream.offer(counter);
    }
  }
}
