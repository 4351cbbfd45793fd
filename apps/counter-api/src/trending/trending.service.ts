import { Inject, Injectable } from '@nestjs/common';
import { trendReach, type TrendAsk, type TrendRow } from '@headcount/counter-store';
import {
  available,
  CLOCK,
  CONFIG,
  Metrics,
  outsideRequests,
  type Clock,
  type Grants,
} from '@headcount/platform';
import {
  HeadcountError,
  TRENDING_FIRST_MAX,
  bucketOf,
  type PageGain,
  type PageId,
  type TrendingAnswer,
  type TrendingAsk,
  type TrendingRequest,
  type WireTrending,
} from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { SharedLists } from './shared-lists.js';
import { topPages } from './top-pages.js';

/** Rows read of each bucket at first. Few buckets have more among the first of all, and they are asked once more. */
const ROWS_READ = 10;

/** Buckets of one list that are asked in one round trip, so that whatever else Redis is asked comes in between. */
const BUCKETS_AT_ONCE = 128;

/** Which pages' counters gained most of late, in this region. */
@Injectable()
export class TrendingService {
  /** By `name reach`; as many as names that are trended and windows at most. */
  private readonly lists: SharedLists<readonly TrendRow[]>;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(CLOCK) clock: Clock,
    @Inject(Metrics) metrics: Metrics,
  ) {
    const reads = metrics.counter({
      name: 'trending_reads_total',
      help: 'Readings of all buckets for trending pages.',
    });
    this.lists = new SharedLists({
      read: (key) => {
        reads.inc();
        const [name = '', reach] = key.split(' ');
        // It is for all that ask.
        return outsideRequests(() => this.read(name, Number(reach)));
      },
      cost: config.BUCKETS,
      perSecond: config.TRENDING_READS_PER_SECOND,
      nowMs: () => clock.monotonicMs(),
    });
  }

  /**
   * The pages that gained most, most first, a second old as a rule. Throws HeadcountError: BAD_REQUEST for a counter that is not
   * trended, OUT_OF_RANGE for a gain beyond 2^53 - 1, TOO_MANY where nothing is known and too much is read by now,
   * STORE_UNAVAILABLE.
   */
  async top({ name, windowSeconds, first }: TrendingAsk): Promise<readonly PageGain[]> {
    if (!this.config.TRENDING_COUNTERS.includes(name))
      throw new HeadcountError('BAD_REQUEST', `${name} is not among TRENDING_COUNTERS.`);
    const rows = await this.lists.of(`${name} ${trendReach(windowSeconds)}`);
    // What is in the store was let in as a page id.
    const shown = rows
      .slice(0, first)
      .map(({ pageId, gain }) => ({ pageId: pageId as PageId, gain }));
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

  /** The first TRENDING_FIRST_MAX of all. */
  private async read(name: string, reach: number): Promise<readonly TrendRow[]> {
    const { BUCKETS } = this.config;
    const all = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
    const some = await this.readBuckets(all, { name, reach, first: ROWS_READ });
    // Of a bucket all of whose rows are among the first there may be more.
    const bucketOfRow = ({ pageId }: TrendRow): number => bucketOf(pageId, BUCKETS);
    const counts = new Map<number, number>();
    for (const row of some) counts.set(bucketOfRow(row), (counts.get(bucketOfRow(row)) ?? 0) + 1);
    const deep = [...counts].filter(([, count]) => count >= ROWS_READ).map(([bucket]) => bucket);
    const more = await this.readBuckets(deep, { name, reach, first: TRENDING_FIRST_MAX });
    const others = some.filter((row) => !deep.includes(bucketOfRow(row)));
    return topPages([...others, ...more], TRENDING_FIRST_MAX);
  }

  private async readBuckets(buckets: readonly number[], ask: TrendAsk): Promise<TrendRow[]> {
    let rows: TrendRow[] = [];
    for (let at = 0; at < buckets.length; at += BUCKETS_AT_ONCE) {
      const some = buckets.slice(at, at + BUCKETS_AT_ONCE);
      const tops = some.map((bucket) => this.store.trending.top(bucket, ask));
      rows = topPages(
        [...rows, ...(await available(Promise.all(tops))).flat()],
        TRENDING_FIRST_MAX,
      );
    }
    return rows;
  }
}
