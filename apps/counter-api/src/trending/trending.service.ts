import { Inject, Injectable } from '@nestjs/common';
import { trendReach, type TrendAsk, type TrendRow } from '@headcount/counter-store';
import { available, CLOCK, CONFIG, Metrics, type Clock, type Grants } from '@headcount/platform';
import {
  HeadcountError,
  TRENDING_FIRST_MAX,
  type PageGain,
  type PageId,
  type TrendingAnswer,
  type TrendingAsk,
  type TrendingRequest,
  type WireTrending,
} from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { topPages } from './top-pages.js';

/** How old an answer may be that is given again, in milliseconds. */
const FRESH_MS = 1000;

/** So many pages are read for whoever wants fewer, so that few readings serve all. */
const FIRST_READ: readonly number[] = [10, TRENDING_FIRST_MAX];

/** Buckets that are asked in one round trip. */
const BUCKETS_AT_ONCE = 1024;

/** What has been read, or is being read. */
interface Reading {
  readonly pages: Promise<readonly PageGain[]>;
  /** On the monotonic clock; Infinity while it is being read. */
  freshUntilMs: number;
}

/** Which pages' counters gained most of late, in this region. */
@Injectable()
export class TrendingService {
  /** There are as many as names that are trended, windows (37), and FIRST_READ at most. */
  private readonly readings = new Map<string, Reading>();
  private last: Promise<unknown> = Promise.resolve();
  private readonly reads;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.reads = metrics.counter({
      name: 'trending_reads_total',
      help: 'Readings of all buckets for trending pages.',
    });
  }

  /**
   * The pages that gained most, most first, a second old at most. Throws HeadcountError: BAD_REQUEST for a counter that is not
   * trended, OUT_OF_RANGE for a gain beyond 2^53 - 1, STORE_UNAVAILABLE.
   */
  async top({ name, windowSeconds, first }: TrendingAsk): Promise<readonly PageGain[]> {
    if (!this.config.TRENDING_COUNTERS.includes(name))
      throw new HeadcountError('BAD_REQUEST', `${name} is not among TRENDING_COUNTERS.`);
    const firstRead = FIRST_READ.find((most) => first <= most) ?? first;
    const pages = await this.fresh({ name, reach: trendReach(windowSeconds), first: firstRead });
    const shown = pages.slice(0, first);
    if (!shown.every(({ gain }) => Number.isSafeInteger(gain)))
      throw new HeadcountError('OUT_OF_RANGE');
    return shown;
  }

  /** The same of pages that may be viewed, among the most that one question may ask for. Throws as `top` does. */
  async topFor(
    grants: Pick<Grants, 'viewsAll' | 'mayView'>,
    ask: TrendingAsk,
  ): Promise<readonly PageGain[]> {
    if (grants.viewsAll) return this.top(ask);
    const pages = await this.top({ ...ask, first: TRENDING_FIRST_MAX });
    return pages.filter(({ pageId }) => grants.mayView(pageId)).slice(0, ask.first);
  }

  /** The answers for a gateway, each by itself. Throws STORE_UNAVAILABLE for all of them. */
  async answers({ asks }: TrendingRequest): Promise<TrendingAnswer> {
    const answers = asks.map(([name, windowSeconds, first]) =>
      this.answer({ name, windowSeconds, first }),
    );
    return { answers: await Promise.all(answers) };
  }

  private async answer(ask: TrendingAsk): Promise<WireTrending> {
    try {
      const pages = await this.top(ask);
      return pages.map(({ pageId, gain }) => [pageId, gain] as const);
    } catch (cause) {
      if (!(cause instanceof HeadcountError) || cause.code === 'STORE_UNAVAILABLE') throw cause;
      return cause.code;
    }
  }

  private fresh(ask: TrendAsk): Promise<readonly PageGain[]> {
    const key = `${ask.name} ${ask.reach} ${ask.first}`;
    const held = this.readings.get(key);
    if (held && this.clock.monotonicMs() < held.freshUntilMs) return held.pages;
    // One after the other: whatever is asked, Redis has time for what else there is.
    const pages = this.last.then(() => this.read(ask, reading));
    const reading: Reading = { pages, freshUntilMs: Infinity };
    this.readings.set(key, reading);
    this.last = pages.catch(() => this.readings.delete(key));
    return pages;
  }

  private async read(ask: TrendAsk, reading: Reading): Promise<readonly PageGain[]> {
    this.reads.inc();
    const freshUntilMs = this.clock.monotonicMs() + FRESH_MS;
    const { BUCKETS } = this.config;
    let rows: readonly TrendRow[] = [];
    for (let from = 0; from < BUCKETS; from += BUCKETS_AT_ONCE) {
      const length = Math.min(BUCKETS_AT_ONCE, BUCKETS - from);
      const buckets = Array.from({ length }, (_, at) => this.store.trending.top(from + at, ask));
      rows = topPages([...rows, ...(await available(Promise.all(buckets))).flat()], ask.first);
    }
    reading.freshUntilMs = freshUntilMs;
    // What is in the store was let in as a page id.
    return rows.map(({ pageId, gain }) => ({ pageId: pageId as PageId, gain }));
  }
}
