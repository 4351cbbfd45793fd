/** What windowed counters have gained, slot of time by slot of time (ADR 14). */
import { counterStem, metaKey } from './keys.js';
import { windowRead } from './scripts/window-read.js';
import type { StoreContext } from './store-context.js';
import type { SlotRange } from './window-plan.js';

/** Port of windows. Rejects with ioredis' errors while Redis is away. */
export interface WindowStore {
  /** The gains of these slots in their order, as of one instant; of a counter that is not windowed they are 0. ±2^53: out of range. */
  read(
    bucket: number,
    counter: { readonly pageId: string; readonly name: string },
    ranges: readonly SlotRange[],
  ): Promise<readonly number[]>;
}

/** Windows on Redis. */
export class RedisWindowStore implements WindowStore {
  constructor(private readonly context: Pick<StoreContext, 'redis'>) {}

  read(
    bucket: number,
    { pageId, name }: { readonly pageId: string; readonly name: string },
    ranges: readonly SlotRange[],
  ): Promise<readonly number[]> {
    const flat = ranges.flatMap(({ kind, first, last }) => [kind, first, last]);
    return windowRead.run(
      this.context.redis,
      [metaKey(bucket)],
      [counterStem(pageId, name), ...flat],
    );
  }
}
