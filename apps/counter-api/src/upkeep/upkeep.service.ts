import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { BucketAudited } from '@headcount/counter-store';
import { CONFIG, Metrics } from '@headcount/platform';
import { Sweeper } from '@headcount/replication';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';

/** How long one round over all buckets takes, in milliseconds. */
const ROUND_MS = 60_000;
/** Of the sweeps of a bucket one in so many audits a shelf of it: what is idle must cost next to nothing. */
const AUDIT_EVERY = 16;

/** Sweeps one bucket after the other, and shows what the audits find. */
@Injectable()
export class UpkeepService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly sweeper: Sweeper;
  private readonly logger = new Logger(UpkeepService.name);
  private readonly audited;
  private readonly differing;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.sweeper = new Sweeper({
      buckets: config.BUCKETS,
      auditEvery: AUDIT_EVERY,
      upkeep: store.upkeep,
      leases: store.leases,
      onAudited: (bucket, audit) => this.tell(bucket, audit),
    });
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
    this.timer = setInterval(() => this.sweep(), ROUND_MS / this.config.BUCKETS);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private sweep(): void {
    if (this.store.isReady()) void this.sweeper.sweep();
  }

  private tell(bucket: number, { compared, differences }: NonNullable<BucketAudited>): void {
    this.audited.inc(compared);
    if (differences.length === 0) return;
    this.differing.inc(differences.length);
    this.logger.error({ bucket, differences }, 'registers differ from their entries');
  }
}
