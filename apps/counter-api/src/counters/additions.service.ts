import { Inject, Injectable } from '@nestjs/common';
import type { AddRefusal, Addition, Committed, DurabilityChoice } from '@headcount/counter-store';
import { Metrics, available } from '@headcount/platform';
import type { Result } from '@headcount/protocol';
import { BoundedService } from '../bounded/bounded.service.js';
import type { PermittedChange } from './change-rights.js';
import { NewCounters } from './new-counters.js';
import { STORE, type Store } from '../store/store.js';

/** Why a change was not, or perhaps not, made. */
export type ChangeRefusal = AddRefusal | 'DURABILITY_UNAVAILABLE';

/** Sends additions to durable counters, and counts what became of them. */
@Injectable()
export class AdditionsService {
  private readonly additions;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(BoundedService) private readonly bounded: BoundedService,
    @Inject(NewCounters) private readonly newCounters: NewCounters,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.additions = metrics.counter({
      name: 'additions_total',
      help: 'Changes of durable counters that were asked for, by what became of them.',
      labelNames: ['outcome'],
    });
  }

  /**
   * Adds once for each operation id; a bounded counter is lowered by what other regions have given, if need be. Throws
   * STORE_UNAVAILABLE where a durability is asked for and cannot be checked, and TOO_MANY_COUNTERS where the caller has made as many new
   * ones as it may.
   */
  async add(
    addition: Addition & PermittedChange,
    durability: DurabilityChoice | null,
  ): Promise<Result<Committed, ChangeRefusal>> {
    const once = () =>
      this.newCounters.within(addition.maker, (ifNew) =>
        this.addOnce({ ...addition, ifNew }, durability),
      );
    const isLowered = addition.amount < 0 && this.bounded.isBounded(addition);
    const added = isLowered
      ? await this.bounded.lower(addition, -addition.amount, once)
      : await once();
    this.additions.inc({ outcome: added.ok ? added.value.outcome : added.error });
    return added;
  }

  private addOnce(
    addition: Addition,
    durability: DurabilityChoice | null,
  ): Promise<Result<Committed, ChangeRefusal>> {
    const { batcher, asked } = this.store;
    if (!durability) return batcher.add(addition);
    return available(asked.write(durability, () => batcher.add({ ...addition, atOnce: true })));
  }
}
