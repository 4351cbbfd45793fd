import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CONFIG, Metrics } from '@headcount/platform';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';

/** How long one round over all buckets takes, in milliseconds. */
const ROUND_MS = 60_000;
/** Shelves are taken in turn, so that after as many rounds as a bucket has shelves every register was compared. */
const SHELVES_CYCLE = 2 ** 20;

/**
 * Goes round the buckets slowly: drops what they no longer need, finds gateways that nothing else would find,
 * and recomputes a sample of the registers. A difference is never mended silently: it is a bug, and shown.
 */
@Injectable()
export class UpkeepService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(UpkeepService.name);
  private readonly stored = new Set<string>();
  private readonly audited;
  private readonly differing;
  private timer: NodeJS.Timeout | null = null;
  private next = 0;
  private round = 0;
  private sweeping = false;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.audited = metrics.counter({
      name: 'registers_audited_total',
      help: 'Presence registers recomputed.',
    });
    this.differing = metrics.counter({
      name: 'registers_differing_total',
      help: 'Presence registers that were not the sum of their entries. Anything but 0 is a bug.',
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweepOnce(), ROUND_MS / this.config.BUCKETS);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Gateways that were found stored in some bucket. */
  storedGateways(): Iterable<string> {
    return this.stored;
  }

  /** The gateway was counted out of every bucket. */
  forgetGateway(gateway: string): void {
    this.stored.delete(gateway);
  }

  private async sweepOnce(): Promise<void> {
    if (this.sweeping || !this.store.isReady()) return;
    this.sweeping = true;
    try {
      await this.sweep(this.next);
      this.next = (this.next + 1) % this.config.BUCKETS;
      if (this.next === 0) this.round = (this.round + 1) % SHELVES_CYCLE;
    } catch {
      // Redis is away; the same bucket is next when it is back.
    } finally {
      this.sweeping = false;
    }
  }

  private async sweep(bucket: number): Promise<void> {
    const { gateways } = await this.store.upkeep.sweep(bucket);
    for (const gateway of gateways.keys()) this.stored.add(gateway);
    const audit = await this.store.upkeep.audit(bucket, [...gateways.keys()], this.round);
    if (audit === null) return;
    this.audited.inc(audit.compared);
    if (audit.differences.length === 0) return;
    this.differing.inc(audit.differences.length);
    this.logger.error(
      { bucket, differences: audit.differences },
      'registers differ from their entries',
    );
  }
}
