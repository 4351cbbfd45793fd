import { Inject, Injectable, Logger } from '@nestjs/common';
import { isNamed, type SetEntry } from '@headcount/counter-store';
import {
  CONFIG,
  Metrics,
  available,
  demandOperator,
  written,
  type Subject,
} from '@headcount/platform';
import {
  HeadcountError,
  bucketOf,
  orThrow,
  type CounterValue,
  type OperationId,
} from '@headcount/protocol';
import { counterOf, type CounterRef } from '@headcount/replication';
import { operationOf } from '../counters/input.js';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';

/** What an operator asks for. */
export interface SetRequest extends CounterRef {
  readonly value: number;
  readonly reason: string | null;
  /** Makes it one set of this operator, however often it is sent; null: each counts. */
  readonly key: OperationId | null;
}

/** A counter after it was set, now or before. */
export interface SetCounter {
  readonly value: CounterValue;
  /** The durable total before; null: it was beyond ±(2^53 - 1), or is not known in this region. */
  readonly before: number | null;
  readonly replayed: boolean;
}

/** Sets counters for operators (ADR 18). */
@Injectable()
export class RepairService {
  private readonly logger = new Logger('Audit');
  private readonly sets;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.sets = metrics.counter({
      name: 'counter_sets_total',
      help: 'Counters that operators asked to set, by what became of it.',
      labelNames: ['outcome'],
    });
  }

  /**
   * Sets a counter, once for each key of the operator. Throws HeadcountError FORBIDDEN where the caller is no operator, BAD_AMOUNT,
   * QUOTA_ELSEWHERE, OPERATION_ID_REUSED, OPERATION_IDS_FULL, STORE_UNAVAILABLE or OUTCOME_UNKNOWN.
   */
  async set(
    { pageId, name, value, reason, key }: SetRequest,
    caller: Subject,
  ): Promise<SetCounter> {
    const by = demandOperator(caller, this.config, pageId);
    if (value < 0 && isNamed(this.config.BOUNDED_COUNTERS, name))
      throw new HeadcountError('BAD_AMOUNT', 'The value of a bounded counter is at least 0.');
    const bucket = bucketOf(pageId, this.config.BUCKETS);
    const id = operationOf(caller, { pageId, name }, key)?.id;
    const operation = key === null || id === undefined ? null : { id, key };
    const ask = { bucket, pageId, name, value, operation, by, reason };
    const { outcome, before, view, position, staleRegions } = await written(this.store, () =>
      this.store.repairs.set(ask),
    );
    this.sets.inc({ outcome });
    if (outcome !== 'set' && outcome !== 'replayed') throw new HeadcountError(outcome);
    if (outcome === 'set')
      this.logger.warn({ pageId, name, by, before, after: value, reason }, 'counter set');
    const counter = orThrow(counterOf({ pageId, name }, view, position, staleRegions));
    return { value: counter, before, replayed: outcome === 'replayed' };
  }

  /** What was set of a counter in this region, the latest first. Throws FORBIDDEN and STORE_UNAVAILABLE. */
  async setsOf({ pageId, name }: CounterRef, caller: Subject): Promise<readonly SetEntry[]> {
    demandOperator(caller, this.config, pageId);
    const bucket = bucketOf(pageId, this.config.BUCKETS);
    return available(this.store.repairs.sets({ bucket, pageId, name }));
  }
}
