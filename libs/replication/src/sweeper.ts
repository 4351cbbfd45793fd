/**
 * Goes round the buckets slowly: drops what they no longer need, finds gateways that nothing else would find,
 * and recomputes a sample of the registers. When to sweep is its caller's.
 */
import type { BucketAudited, UpkeepStore } from '@headcount/counter-store';
import type { StoredGateways } from './looker.js';

/** Shelves are taken in turn, so that after as many rounds as a bucket has shelves every register was compared. */
const SHELVES_CYCLE = 2 ** 20;

export interface SweeperOptions {
  readonly buckets: number;
  readonly upkeep: UpkeepStore;
  /** Told what each audit found. A difference is never mended silently: it is a bug, and to be shown. */
  readonly onAudited: (bucket: number, audit: NonNullable<BucketAudited>) => void;
}

export class Sweeper implements StoredGateways {
  private readonly stored = new Set<string>();
  private next = 0;
  private round = 0;
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
      if (this.next === 0) this.round = (this.round + 1) % SHELVES_CYCLE;
    } catch {
      // Redis is away; the same bucket is next when it is back.
    } finally {
      this.sweeping = false;
    }
  }

  private async sweepBucket(bucket: number): Promise<void> {
    const { upkeep, onAudited } = this.options;
    const { gateways } = await upkeep.sweep(bucket);
    for (const gateway of gateways.keys()) this.stored.add(gateway);
    const audit = await upkeep.audit(bucket, [...gateways.keys()], this.round);
    if (audit !== null) onAudited(bucket, audit);
  }
}
