/** What a counter-api does for operators: it sets counters. */
import {
  RedisRepairStore,
  type OperationIdLimits,
  type StoreContext,
} from '@headcount/counter-store';
import {
  bucketOf,
  err,
  ok,
  type CounterName,
  type ErrorCode,
  type PageId,
  type Result,
} from '@headcount/protocol';

/** A value that an operator gives a counter. */
export interface SetRequest {
  readonly pageId: PageId;
  readonly name: CounterName;
  readonly value: number;
  readonly operationId: string;
}

/** What the counter had before; null: not known here. */
export interface SetAnswer {
  readonly before: number | null;
}

/** Where operators set counters. */
export const SET_PATH = '/set';

export class Repairs {
  private readonly store: RedisRepairStore;

  constructor(
    context: StoreContext,
    private readonly buckets: number,
    limits: Pick<OperationIdLimits, 'windowMs' | 'idsMax'>,
  ) {
    this.store = new RedisRepairStore(context, limits);
  }

  async set({ operationId, ...asked }: SetRequest): Promise<Result<SetAnswer, ErrorCode>> {
    const bucket = bucketOf(asked.pageId, this.buckets);
    const operation = { id: operationId, key: operationId };
    const made = await this.store
      .set({ bucket, ...asked, operation, by: 'operator', reason: null })
      .catch(() => null);
    if (made === null) return err('OUTCOME_UNKNOWN');
    const { outcome, before } = made;
    return outcome === 'set' || outcome === 'replayed' ? ok({ before }) : err(outcome);
  }
}
