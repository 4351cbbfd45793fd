import { Inject, Injectable } from '@nestjs/common';
import {
  durabilityText,
  type DurabilityChoice,
  type KeyedOperation,
  type WantedShown,
} from '@headcount/counter-store';
import { available, CONFIG, oneByOne, RequestLoader } from '@headcount/platform';
import {
  HeadcountError,
  bucketOf,
  ok,
  orThrow,
  type CounterValue,
  type Result,
} from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { CacheService } from '../cache/cache.service.js';
import { STORE, type Store } from '../store/store.js';
import { AdditionsService, type ChangeRefusal } from './additions.service.js';
import type { PermittedChange } from './change-rights.js';
import { counterOf, type CounterRef } from '@headcount/replication';

/** Most counters of one question, over REST and GraphQL alike. */
export const COUNTERS_MAX = 1000;

/** What is said where no more operation ids are kept. */
const IDS_REFUSED: ReadonlyMap<ChangeRefusal, string> = new Map([
  [
    'TOO_MANY',
    'The caller has used as many operation ids in this part of the store as one user may (OPERATION_IDS_PER_VIEWER_MAX); nothing was changed.',
  ],
  ['OPERATION_IDS_FULL', 'No more operation ids can be kept; nothing was changed.'],
]);

/** A change of a durable counter that a caller asks for. */
export interface Change extends PermittedChange {
  /** Null: it counts each time that it is sent. */
  readonly operation: KeyedOperation | null;
  /** Another durability than DURABILITY; null or absent: that one. */
  readonly durability?: DurabilityChoice | null;
  /** What the counter has to show; null or absent: whatever. */
  readonly wanted?: WantedShown | null;
}

/** A change that was made, now or before. */
export interface Changed {
  /** The counter after it, or as it is now. */
  readonly value: CounterValue;
  /** Whether its operation id was known, so that nothing was changed now. */
  readonly replayed: boolean;
}

/** Reads and changes counters in this region's Redis. */
@Injectable()
export class CountersService {
  /** How a change is kept where it is to be on disk. */
  private readonly kept = new RequestLoader<DurabilityChoice, string>({
    read: oneByOne(async (disk) =>
      (await available(this.store.asked.canPromise(disk))) ? 'disk' : 'memory',
    ),
    textOf: durabilityText,
  });

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(CacheService) private readonly cache: CacheService,
    @Inject(AdditionsService) private readonly additions: AdditionsService,
  ) {}

  /** One counter as it stands now, from memory where it is known there. Throws HeadcountError STORE_UNAVAILABLE. */
  async read(counter: CounterRef): Promise<CounterValue> {
    const shown = this.cache.shown(counter);
    if (shown !== null) return shown;
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
        const shown = this.cache.shownTogether(wanted);
        if (shown !== null) {
          at.forEach((place, nth) => shown[nth] && (values[place] = shown[nth]));
          return;
        }
        this.cache.missed(wanted);
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

  /**
   * Adds once for each operation. Throws HeadcountError STORE_UNAVAILABLE where a durability is asked for and cannot be checked, and
   * TOO_MANY or OPERATION_IDS_FULL where no more operations are remembered.
   */
  async change({
    operation,
    durability,
    ...change
  }: Change): Promise<Result<Changed, ChangeRefusal>> {
    const [operationId, formerId] = [operation?.id ?? null, operation?.formerId ?? null];
    const addition = { ...change, operationId, formerId };
    const added = await this.additions.add(addition, durability ?? null);
    if (!added.ok) return this.refused(added);
    const { view, position, staleRegions, outcome } = added.value;
    const value = counterOf(change, view, position, staleRegions);
    return value.ok ? ok({ value: value.value, replayed: outcome === 'replayed' }) : value;
  }

  /** Says when more operations are remembered: all that were remembered by now are forgotten by then. */
  private refused<R extends { readonly error: ChangeRefusal }>(refusal: R): R {
    const sentence = IDS_REFUSED.get(refusal.error);
    if (sentence === undefined) return refusal;
    const retryAfterSeconds = this.config.OPERATION_ID_WINDOW_SECONDS;
    throw new HeadcountError(refusal.error, sentence, { retryAfterSeconds });
  }

  /** What is promised of a change that asked for `durability`, as it is written. Throws STORE_UNAVAILABLE. */
  async promised(durability: DurabilityChoice | null): Promise<string> {
    const { DURABILITY } = this.config;
    if (durability !== null) return durabilityText(durability);
    return DURABILITY.kind === 'disk' ? this.kept.load(DURABILITY) : durabilityText(DURABILITY);
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
