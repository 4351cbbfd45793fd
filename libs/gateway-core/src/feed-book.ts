/**
 * All feeds of this gateway, by bucket: what is due now by which way, and what Redis is known to
 * have. Pure: times come in as arguments and nothing is sent from here.
 */
import { bucketOf, type FeedSection } from '@headcount/protocol';
import type { PresenceChange } from './presence-book.js';
import { BucketFeed, type Statement } from './bucket-feed.js';
import type { BucketMessage } from './feed-posts.js';

/**
 * What has to leave now. Posts are named by their buckets only: their content is that of the time
 * of sending.
 */
export interface DueFeeds {
  readonly sections: readonly FeedSection[];
  readonly posts: readonly number[];
}

/** A statement about one bucket. */
export interface BucketStatement extends Statement {
  readonly bucket: number;
}

export class FeedBook {
  private readonly feeds = new Map<number, BucketFeed>();
  private readonly scheduled = new Set<BucketFeed>();

  constructor(
    private readonly buckets: number,
    private readonly tickMs: number,
  ) {}

  /** When something is due next, null where nothing is. Cost O(buckets with something due). */
  get nextDueMs(): number | null {
    let next: number | null = null;
    for (const { dueMs } of this.scheduled) {
      if (dueMs !== null && (next === null || dueMs < next)) next = dueMs;
    }
    return next;
  }

  /** Buckets of which Redis is not known to have everything. Cost O(buckets in use). */
  get unsettled(): number {
    let count = 0;
    for (const feed of this.feeds.values()) if (!feed.settled) count += 1;
    return count;
  }

  /** A page's presence has changed. */
  change({ pageId, presence }: PresenceChange, nowMs: number): void {
    const bucket = bucketOf(pageId, this.buckets);
    let feed = this.feeds.get(bucket);
    if (feed === undefined) {
      feed = new BucketFeed(bucket, this.tickMs);
      this.feeds.set(bucket, feed);
    }
    feed.change(pageId, presence, nowMs);
    this.reschedule(feed);
  }

  /** What is due now. The caller sends it. */
  takeDue(nowMs: number, datagramsWork: boolean): DueFeeds {
    const sections: FeedSection[] = [];
    const posts: number[] = [];
    for (const feed of [...this.scheduled]) {
      const way = feed.takeDue(nowMs, datagramsWork);
      this.reschedule(feed);
      const interval = way === 'datagram' ? feed.pendingInterval() : null;
      if (interval !== null) sections.push({ bucket: feed.bucket, ...interval });
      else if (way !== null) posts.push(feed.bucket);
    }
    return { sections, posts };
  }

  /** What is to be posted of these buckets by now: nothing of those that have settled since. */
  messages(buckets: Iterable<number>): readonly BucketMessage[] {
    const messages: BucketMessage[] = [];
    for (const bucket of buckets) {
      const message = this.feeds.get(bucket)?.pendingPost();
      if (message) messages.push({ bucket, ...message });
    }
    return messages;
  }

  /**
   * The smallest interval that one of these buckets can offer: enough to find out whether datagrams
   * arrive.
   */
  probe(buckets: Iterable<number>): FeedSection | null {
    for (const bucket of buckets) {
      const interval = this.feeds.get(bucket)?.pendingInterval();
      const first = interval?.entries[0];
      if (interval && first)
        return { bucket, from: interval.from, to: first.version, entries: [first] };
    }
    return null;
  }

  /** Every bucket that was ever sent to, with its version: what a sync has to state. */
  versions(): readonly (readonly [bucket: number, version: number])[] {
    return [...this.feeds.values()].map(({ bucket, version }) => [bucket, version]);
  }

  /**
   * Redis holds what the answer says. Gives false for a bucket or version that this gateway never
   * sent.
   */
  stated({ bucket, ...statement }: BucketStatement, nowMs: number, bySync = false): boolean {
    const feed = this.feeds.get(bucket);
    if (feed === undefined) return false;
    const believed = feed.stated(statement, nowMs, bySync);
    this.reschedule(feed);
    return believed;
  }

  private reschedule(feed: BucketFeed): void {
    if (feed.dueMs === null) this.scheduled.delete(feed);
    else this.scheduled.add(feed);
  }
}
