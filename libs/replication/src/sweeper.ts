/**
 * Goes round the buckets slowly: drops what they no longer need, finds gateways that nothing else would find,
 * and recomputes a sample of the registers. When to sweep is its caller's.
 */
import {
  LEASES,
  type BucketAudited,
  type LeaseStore,
  type UpkeepStore,
} from '@headcount/counter-store';
import type { StoredGateways } from './looker.js';

/** Numbers of shelves stay below this; each bucket takes its shelves in turn, so that in time every register is compared. */
const SHELVES_CYCLE = 2 ** 20;

export interface SweeperOptions {
  readonly buckets: number;
  /** One sweep in so many also audits, for an audit costs more than the rest of it. */
  readonly auditEvery: number;
  readonly upkeep: UpkeepStore;
  /** Ends leases that nobody looks for any more; absent where there are none. */
  readonly leases?: Pick<LeaseStore, 'expire'>;
  /** Told what each audit found. A difference is never mended silently: it is a bug, and to be shown. */
  readonly onAudited: (bucket: number, audit: NonNullable<BucketAudited>) => void;
}

export class Sweeper implements StoredGateways {
  private readonly stored = new Set<string>();
  private next = 0;
  /** Buckets swept so far. */
  private swept = 0;
  private sweeping = false;

  constructor(private readonly options: SweeperOptions) {}

  storedGateways(): Iterable<string> {
    return this.stored;
  }

  forgetGateway(gateway: string): void {
    this.stored.delete(gateway);
  }

  /** Sweeps the bucket that is next in turn, unless a sweep is under way. Never rejects. */
  async sweep(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      await this.sweepBucket(this.next);
      this.next = (this.next + 1) % this.options.buckets;
      this.swept += 1;
    } catch {
      // Redis is away; the same bucket is next when it is back.
    } finally {
      this.sweeping = false;
    }
  }

  private async sweepBucket(bucket: number): Promise<void> {
    const { upkeep, leases, onAudited, buckets, auditEvery } = this.options;
    const { gateways } = await upkeep.sweep(bucket);
    for (const gateway of gateways.keys()) this.stored.add(gateway);
    // They are no gateway that could die: each ends by itself.
    if (this.stored.delete(LEASES)) await leases?.expire(bucket);
    // From round to round other buckets are audited, each once in `auditEvery` rounds.
    const round = Math.floor(this.swept / buckets);
    if ((bucket + round) % auditEvery !== 0) return;
    const shelf = Math.floor(round / auditEvery) % SHELVES_CYCLE;
    const audit = await upkeep.audit(bucket, [...gateways.keys()], shelf);
    if (audit !== null) onAudited(bucket, audit);
  }
}
