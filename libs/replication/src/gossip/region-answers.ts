/** The answering side of gossip: what other regions' counter-apis ask of this one (docs/protocol.md §8). */
import type { RegionStore } from '@headcount/counter-store';
import type { BucketAsk, BucketPart } from '@headcount/counter-store';
import {
  DIGEST_POSITIONS_MAX,
  PULL_BYTES,
  err,
  ok,
  type DigestAnswer,
  type DigestRequest,
  type PullAnswer,
  type PullRequest,
  type Result,
} from '@headcount/protocol';
import type { ChangeClock } from './change-clock.js';
import type { RegionWatch } from './region-watch.js';
import type { GossipTimers } from './timers.js';

export interface RegionAnswersOptions {
  readonly region: string;
  readonly instance: string;
  readonly buckets: number;
  readonly peers: ReadonlySet<string>;
  readonly clock: ChangeClock;
  readonly watch: RegionWatch;
  readonly store: Pick<RegionStore, 'read'>;
  readonly timers: GossipTimers;
}

/** Why a peer gets no answer. */
export type AnswerRefusal = 'UNKNOWN_REGION' | 'REGION_RETIRED' | 'BUCKETS_MISMATCH';

export class RegionAnswers {
  constructor(private readonly options: RegionAnswersOptions) {}

  /** Waits for news as long as the asker allows. Rejects with ioredis' errors. */
  async digest(request: DigestRequest): Promise<Result<DigestAnswer, AnswerRefusal>> {
    const { region, instance, buckets, clock, watch, timers } = this.options;
    const refusal = this.refusalOf(request.region);
    if (refusal) return err(refusal);
    if (request.buckets !== buckets) return err('BUCKETS_MISMATCH');
    await watch.hear([], request.retired, request.region);
    // Another instance's clock says nothing about this one's.
    const after = request.after?.[0] === instance ? request.after[1] : 0;
    await clock.beyond(after, request.waitMs, timers);
    return ok({
      region,
      instance,
      ...clock.since(after, DIGEST_POSITIONS_MAX),
      heartbeats: watch.heartbeats(),
      retired: [...watch.retired],
      fresh: watch.fresh(),
    });
  }

  /** Reads bucket after bucket until the answer is full; at least one part. Rejects with ioredis' errors. */
  async pull({ region, asks }: PullRequest): Promise<Result<PullAnswer, AnswerRefusal>> {
    const refusal = this.refusalOf(region);
    if (refusal) return err(refusal);
    const parts: BucketPart[] = [];
    let bytes = 0;
    for (const ask of asks) {
      if (ask.bucket >= this.options.buckets) return err('BUCKETS_MISMATCH');
      for (let next: BucketAsk | null = ask; next !== null && bytes < PULL_BYTES;) {
        const part: BucketPart = await this.options.store.read(next);
        parts.push(part);
        bytes += JSON.stringify(part).length;
        next = part.cursor === null ? null : { ...ask, cursor: part.cursor };
      }
      if (bytes >= PULL_BYTES) break;
    }
    return ok({ parts });
  }

  private refusalOf(asker: string): AnswerRefusal | null {
    if (this.options.watch.retired.has(asker)) return 'REGION_RETIRED';
    return this.options.peers.has(asker) ? null : 'UNKNOWN_REGION';
  }
}
