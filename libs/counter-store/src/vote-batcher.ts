/**
 * Sends the votes of one turn of the event loop together, bucket by bucket: a script for many costs Redis a fraction of one
 * for each. A vote may be repeated, so nothing is numbered, several batches of a bucket may be under way, and one that is not
 * answered is sent again as it is until its deadline.
 *
 * G2  a vote is answered STORE_UNAVAILABLE only if it was never sent; after that it is OUTCOME_UNKNOWN.
 */
import { bucketOf, err, ok, type Result } from '@headcount/protocol';
import type { BatchTimers } from './increment-batcher.js';
import { isOutOfMemory } from './redis-memory.js';
import type { VoteChanged, VoteOutcome } from './scripts/votes-change.js';
import type { VoteChange, VoteStore, VotedAt } from './vote.store.js';

/** Changes of one script: about 5 ms of Redis. */
export const BATCH_VOTES_MAX = 100;
/** Most votes that wait for Redis; one more is refused, as it is not keeping up. */
export const WAITING_VOTES_MAX = 20_000;
const RETRY_MS = 50;

/** Why a vote was not, or perhaps not, changed. */
export type VoteRefusal =
  Exclude<VoteOutcome, 'changed' | 'same'> | 'STORE_UNAVAILABLE' | 'OUTCOME_UNKNOWN';

/** A wish that was granted: the vote and its counter after it, and where the bucket stood then. */
export type Voted = VotedAt & VoteChanged;

export interface VoteBatcherOptions {
  readonly store: Pick<VoteStore, 'change'>;
  readonly buckets: number;
  /** Whether Redis can be asked at all; while it is false nothing is sent. */
  readonly isReady: () => boolean;
  /** How long a vote waits for its answer. */
  readonly deadlineMs: number;
  readonly timers: BatchTimers;
}

interface Waiting {
  readonly change: VoteChange;
  readonly settle: (result: Result<Voted, VoteRefusal>) => void;
}

/** See the head of the file. */
export class VoteBatcher {
  private readonly waiting = new Map<number, Waiting[]>();
  private underWay = 0;

  constructor(private readonly options: VoteBatcherOptions) {}

  /** Makes a change; resolves when it is durable, or at the deadline. */
  change(change: VoteChange): Promise<Result<Voted, VoteRefusal>> {
    if (this.underWay >= WAITING_VOTES_MAX) return Promise.resolve(err('STORE_UNAVAILABLE'));
    const bucket = bucketOf(change.pageId, this.options.buckets);
    this.underWay += 1;
    return new Promise((done) => {
      const settle = (result: Result<Voted, VoteRefusal>): void => {
        this.underWay -= 1;
        done(result);
      };
      const batch = this.waiting.get(bucket);
      if (batch) batch.push({ change, settle });
      else {
        this.waiting.set(bucket, [{ change, settle }]);
        this.options.timers.afterTurn(() => this.send(bucket));
      }
    });
  }

  private send(bucket: number): void {
    const all = this.waiting.get(bucket) ?? [];
    this.waiting.delete(bucket);
    for (let at = 0; at < all.length; at += BATCH_VOTES_MAX) {
      void this.sendSome(bucket, all.slice(at, at + BATCH_VOTES_MAX));
    }
  }

  private async sendSome(bucket: number, batch: readonly Waiting[]): Promise<void> {
    const { store, isReady, deadlineMs, timers } = this.options;
    const changes = batch.map(({ change }) => change);
    const untilMs = timers.nowMs() + deadlineMs;
    let failed: unknown = null;
    for (let isSent = false; ;) {
      if (isReady()) {
        const made = await store.change(bucket, changes).catch((cause: unknown) => {
          failed = cause;
        });
        if (made) return answer(batch, made);
        // Redis refuses writes before they change anything. For one that was sent before, the outcome is unknown.
        if (isOutOfMemory(failed) && !isSent) {
          for (const { settle } of batch) settle(err('STORE_FULL'));
          return;
        }
        isSent = true;
      }
      if (timers.nowMs() + RETRY_MS >= untilMs) {
        for (const { settle } of batch)
          settle(err(isSent ? 'OUTCOME_UNKNOWN' : 'STORE_UNAVAILABLE'));
        return;
      }
      await new Promise<void>((done) => timers.afterMs(done, RETRY_MS));
    }
  }
}

function answer(
  batch: readonly Waiting[],
  { changed, ...at }: Awaited<ReturnType<VoteStore['change']>>,
): void {
  batch.forEach(({ settle }, nth) => {
    const one = changed[nth];
    if (!one) settle(err('OUTCOME_UNKNOWN'));
    else if (one.outcome === 'changed' || one.outcome === 'same') settle(ok({ ...at, ...one }));
    else settle(err(one.outcome));
  });
}
