import { feedPosts, type FeedBook } from '@headcount/gateway-core';
import { PATHS, feedAnswer } from '@headcount/protocol';
import type { HomeKeeper } from './home-keeper.js';

/** Patience with one post, which may carry a mebibyte. */
const POST_TIMEOUT_MS = 5000;

export interface FeedPosterOptions {
  readonly feeds: FeedBook;
  readonly keeper: HomeKeeper;
  readonly nextNumber: () => number;
  readonly nowMs: () => number;
  /** Buckets have been posted, or not; what is due may have changed. */
  readonly ended: (outcome: 'succeeded' | 'failed') => void;
}

/**
 * Posts buckets, one request at a time. Buckets that become due meanwhile wait together for the
 * next one, which takes their content of then. A failed post is not repeated: the next sync finds
 * what is missing.
 */
export class FeedPoster {
  private waiting = new Set<number>();
  private running: Promise<void> | null = null;

  constructor(private readonly options: FeedPosterOptions) {}

  post(buckets: readonly number[]): void {
    for (const bucket of buckets) this.waiting.add(bucket);
    if (this.waiting.size > 0) this.running ??= this.run();
  }

  /** What waits is let go; resolves when the request under way has ended. */
  async stop(): Promise<void> {
    this.waiting.clear();
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0) {
      const buckets = this.waiting;
      this.waiting = new Set();
      this.options.ended((await this.postAll(buckets)) ? 'succeeded' : 'failed');
    }
    this.running = null;
  }

  private async postAll(buckets: ReadonlySet<number>): Promise<boolean> {
    const { feeds, keeper, nextNumber, nowMs } = this.options;
    for (const messages of feedPosts(feeds.messages(buckets))) {
      const question = nextNumber();
      const answer = await keeper.call({
        method: 'POST',
        path: PATHS.feed,
        body: { messages },
        answer: feedAnswer,
        timeoutMs: POST_TIMEOUT_MS,
      });
      if (!answer.ok) return false;
      for (const [bucket, , stored] of answer.value.results) {
        feeds.stated({ bucket, stored, question }, nowMs());
      }
    }
    return true;
  }
}
