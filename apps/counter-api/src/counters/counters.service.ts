import { Inject, Injectable } from '@nestjs/common';
import type { AddRefusal } from '@headcount/counter-store';
import { available, CONFIG, Metrics } from '@headcount/platform';
import {
  bucketOf,
  orThrow,
  type CounterValue,
  type OperationId,
  type Result,
} from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { counterOf, type CounterRef } from '@headcount/replication';

/** A change of a durable counter that a caller asks for. */
export interface Change extends CounterRef {
  /** Not 0; negative lowers. */
  readonly amount: number;
  readonly operationId: OperationId | null;
}

/** Reads and changes counters in this region's Redis. */
@Injectable()
export class CountersService {
  private readonly additions;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.additions = metrics.counter({
      name: 'additions_total',
      help: 'Changes of durable counters that were asked for, by what became of them.',
      labelNames: ['outcome'],
    });
  }

  /** One counter as Redis has it now. Throws HeadcountError STORE_UNAVAILABLE. */
  async read(counter: CounterRef): Promise<CounterValue> {
    const [value] = await this.readAll([counter]);
    if (!value) throw new Error('a counter that was asked for is answered');
    return value;
  }

  /** Counters in the order asked; those of one bucket as of one instant. Throws as `read` does. */
  async readAll(counters: readonly CounterRef[]): Promise<CounterValue[]> {
    const places = groupBy(counters.keys(), (place) =>
      bucketOf(counters[place]?.pageId ?? '', this.config.BUCKETS),
    );
    const values: CounterValue[] = [];
    await Promise.all(
      [...places].map(async ([bucket, at]) => {
        const wanted = at.flatMap((place) => counters[place] ?? []);
        const { position, staleRegions, views } = await available(
          this.store.counters.read(bucket, wanted),
        );
        at.forEach((place, nth) => {
          const [counter, view] = [wanted[nth], views[nth]];
          if (counter && view)
            values[place] = orThrow(counterOf(counter, view, position, staleRegions));
        });
      }),
    );
    return values;
  }

  /** Adds once for each operation id; the value is the counter after it. */
  async change({
    amount,
    operationId,
    ...counter
  }: Change): Promise<Result<CounterValue, AddRefusal>> {
    const added = await this.store.batcher.add({ ...counter, amount, operationId });
    this.additions.inc({ outcome: added.ok ? added.value.outcome : added.error });
    if (!added.ok) return added;
    const { view, position, staleRegions } = added.value;
    return counterOf(counter, view, position, staleRegions);
  }
}

function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
