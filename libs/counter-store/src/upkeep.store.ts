/** What keeps a bucket small and proves that it is right: the sweep and the audit. */
import { batchesKey, entriesKey, gatewaysKey, indexKey, metaKey } from './keys.js';
import { bucketAudit, type BucketAudited } from './scripts/bucket-audit.js';
import { bucketSweep, type BucketSwept } from './scripts/bucket-sweep.js';
import { scriptNow, type StoreContext } from './store-context.js';

/** A presence zero is kept this long, so that a reader that was away a moment is told of it. */
const ZERO_SECONDS = 60;
/** A batch record outlives every retry of its batch by far; retries end after seconds. */
const BATCH_RECORD_SECONDS = 24 * 3600;
/** Index rows looked at in one sweep. */
const ROWS_MAX = 256;

/** Port of the upkeep. Methods reject with ioredis' errors while Redis is away. */
export interface UpkeepStore {
  /** Drops old zeros and records of one bucket; tells which gateways it knows. */
  sweep(bucket: number): Promise<BucketSwept>;
  /** Recomputes the registers of one shelf; `gateways` are those that the bucket knows. Null: they changed. */
  audit(bucket: number, gateways: readonly string[], shelf: number): Promise<BucketAudited>;
}

/** The upkeep on Redis. */
export class RedisUpkeepStore implements UpkeepStore {
  /** `zeroSeconds`: how long what shows nothing is kept at least, so that readers are told of it. */
  constructor(
    private readonly context: StoreContext,
    private readonly zeroSeconds = ZERO_SECONDS,
  ) {}

  sweep(bucket: number): Promise<BucketSwept> {
    return bucketSweep.run(
      this.context.redis,
      [metaKey(bucket), indexKey(bucket), batchesKey(bucket), gatewaysKey(bucket)],
      [scriptNow(this.context), this.zeroSeconds, BATCH_RECORD_SECONDS, ROWS_MAX],
    );
  }

  audit(bucket: number, gateways: readonly string[], shelf: number): Promise<BucketAudited> {
    const entries = gateways.map((gateway) => entriesKey(bucket, gateway));
    return bucketAudit.run(
      this.context.redis,
      [metaKey(bucket), gatewaysKey(bucket), ...entries],
      [shelf],
    );
  }
}
