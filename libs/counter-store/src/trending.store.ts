/** What counters have gained of late, for the names that are trended (ADR 11). */
import { metaKey } from './keys.js';
import { trendRead, type TrendRow } from './scripts/trend-read.js';
import { scriptNow, type StoreContext } from './store-context.js';

/** What is asked of a bucket. */
export interface TrendAsk {
  /** Name of a counter; of one that is not trended nothing is known. */
  readonly name: string;
  /** Slots before the present one that count too; see `trendReach`. */
  readonly reach: number;
  /** Pages at most. */
  readonly first: number;
}

/** Port of trending. Rejects with ioredis' errors while Redis is away. */
export interface TrendingStore {
  /** The pages of a bucket that gained most: who gained more comes first, of equals the first by the bytes of its id. */
  top(bucket: number, ask: TrendAsk): Promise<readonly TrendRow[]>;
}

/** Trending on Redis. */
export class RedisTrendingStore implements TrendingStore {
  constructor(private readonly context: Pick<StoreContext, 'redis' | 'scriptClock'>) {}

  top(bucket: number, { name, reach, first }: TrendAsk): Promise<readonly TrendRow[]> {
    const { redis } = this.context;
    return trendRead.run(redis, [metaKey(bucket)], [name, scriptNow(this.context), reach, first]);
  }
}
