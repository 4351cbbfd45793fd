import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Metrics } from '@headcount/platform';
import { STORE, type Store } from '../store/store.js';

/** Pause between two looks for leases that are due: how long one outlives its time, in milliseconds. */
const LOOK_MS = 1000;

/** Ends leases whose time has passed. Every counter-api looks, and a bucket that is due is taken by the first. */
@Injectable()
export class LeaseExpiryService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly expired;
  private timer: NodeJS.Timeout | null = null;
  private isLooking = false;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.expired = metrics.counter({
      name: 'leases_expired_total',
      help: 'Leases that have run out and were ended by this instance.',
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    if (this.isLooking || !this.store.isReady()) return;
    this.isLooking = true;
    try {
      this.expired.inc(await this.store.leases.expireDue());
    } catch {
      // Redis is away; what was taken is remembered, and looked at when it is back.
    } finally {
      this.isLooking = false;
    }
  }
}
