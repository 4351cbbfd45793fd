import { Inject, Injectable } from '@nestjs/common';
import {
  SLOT_LENGTHS,
  isNamed,
  seriesPlan,
  windowPlan,
  type SlotPlan,
} from '@headcount/counter-store';
import { CLOCK, CONFIG, available, type Clock } from '@headcount/platform';
import { HeadcountError, bucketOf } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import type { SeriesAsk } from './window-ask.js';

/** What a counter has gained within a window. */
export interface WindowSum {
  /** What it was raised by less what it was lowered by. */
  readonly sum: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a counter has gained in a slot of time. */
export interface SlotGain {
  readonly startsAtMs: number;
  readonly count: number;
}

/** Reads what windowed counters have gained; one script a question. */
@Injectable()
export class WindowsService {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The gain within the present slot and as many whole ones before it as make up the window. Throws HeadcountError: BAD_REQUEST for
   * a counter that is not windowed, OUT_OF_RANGE for a sum beyond 2^53 - 1, STORE_UNAVAILABLE.
   */
  async window(counter: CounterRef, windowSeconds: number): Promise<WindowSum> {
    const toMs = this.clock.nowMs();
    const plan = windowPlan(windowSeconds, toMs);
    const gains = await this.gains(counter, plan);
    const sum = Number(gains.reduce((total, gain) => total + BigInt(gain), 0n));
    if (!Number.isSafeInteger(sum)) throw new HeadcountError('OUT_OF_RANGE');
    return { sum, fromMs: plan.fromMs, toMs };
  }

  /** The gains slot by slot, the present one the last; those without any are 0. Throws as `window` does. */
  async series(counter: CounterRef, { kind, last }: SeriesAsk): Promise<readonly SlotGain[]> {
    const plan = seriesPlan(kind, last, this.clock.nowMs());
    const gains = await this.gains(counter, plan);
    const lengthMs = SLOT_LENGTHS[kind] * 1000;
    return gains.map((count, at) => ({ startsAtMs: plan.fromMs + at * lengthMs, count }));
  }

  private async gains(counter: CounterRef, { ranges }: SlotPlan): Promise<readonly number[]> {
    const { WINDOWED_COUNTERS, BUCKETS } = this.config;
    if (!isNamed(WINDOWED_COUNTERS, counter.name)) {
      throw new HeadcountError('BAD_REQUEST', `${counter.name} is not among WINDOWED_COUNTERS.`);
    }
    const bucket = bucketOf(counter.pageId, BUCKETS);
    const gains = await available(this.store.windows.read(bucket, counter, ranges));
    if (!gains.every(Number.isSafeInteger)) throw new HeadcountError('OUT_OF_RANGE');
    return gains;
  }
}

/** A second's share of the time that the window has covered by now. */
export function perSecond({ sum, fromMs, toMs }: WindowSum): number {
  return (sum * 1000) / Math.max(toMs - fromMs, 1);
}
