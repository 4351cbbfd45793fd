/** The answering side of gossip: what other regions' counter-apis ask of this one (docs/protocol.md §8). */
import type { BucketPart, RegionStore } from '@headcount/counter-store';
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
import type { Standings } from './standings.js';
import type { GossipTimers } from './timers.js';

export interface RegionAnswersOptions {
  readonly region: string;
  readonly instance: string;
  readonly buckets: number;
  readonly peers: ReadonlySet<string>;
  readonly clock: ChangeClock;
  readonly watch: RegionWatch;
  readonly standings: Standings;
  readonly store: Pick<RegionStore, 'read'>;
  readonly timers: GossipTimers;
}

/** Why a peer gets no answer. */
export type AnswerRefusal =
  'UNKNOWN_REGION' | 'REGION_RETIRED' | 'BUCKETS_MISMATCH' | 'STORE_UNAVAILABLE';

/** Buckets read side by side: one wait for replicas and one trip to Redis for all of them. */
const READ_AT_ONCE = 16;

export class RegionAnswers {
  constructor(private readonly options: RegionAnswersOptions) {}

  /** Waits for news as long as the asker allows. Rejects with ioredis' errors. */
  async digest(request: DigestRequest): Promise<Result<DigestAnswer, AnswerRefusal>> {
    const { region, instance, buckets, clock, watch, timers, standings } = this.options;
    const refusal = this.refusalOf(request.region);
    if (refusal) return err(refusal);
    if (request.buckets !== buckets) return err('BUCKETS_MISMATCH');
    // Started a moment ago, it would leave out buckets that it has not read yet, and who asks would think he has all.
    if (!standings.isComplete) return err('STORE_UNAVAILABLE');
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

  /**
   * Reads until the answer is full; at least one part. Every ask gets its first part before whole states go on, so that
   * small changes do not wait for the end of a large bucket. Rejects with ioredis' errors.
   */
  async pull({ region, asks }: PullRequest): Promise<Result<PullAnswer, AnswerRefusal>> {
    const { buckets, store } = this.options;
    const refusal = this.refusalOf(region);
    if (refusal) return err(refusal);
    if (asks.some(({ bucket }) => bucket >= buckets)) return err('BUCKETS_MISMATCH');
    const parts: BucketPart[] = [];
    let bytes = 0;
    for (let waiting = [...asks]; waiting.length > 0 && bytes < PULL_BYTES;) {
      const now = waiting.slice(0, READ_AT_ONCE);
      waiting = waiting.slice(READ_AT_ONCE);
      const read = await Promise.all(now.map((ask) => store.read(ask)));
      for (const [place, part] of read.entries()) {
        if (bytes >= PULL_BYTES) break;
        parts.push(part);
        bytes += JSON.stringify(part).length;
        const ask = now[place];
        if (ask && part.cursor !== null) waiting.push({ ...ask, cursor: part.cursor });
      }
    }
    return ok({ parts });
  }

  private refusalOf(asker: string): AnswerRefusal | null {
    if (this.options.watch.retired.has(asker)) return 'REGION_RETIRED';
    return this.options.peers.has(asker) ? null : 'UNKNOWN_REGION';
  }
}
