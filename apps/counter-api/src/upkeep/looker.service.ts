import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { CLOCK, CONFIG, INSTANCE, within, type Clock, type Instance } from '@headcount/platform';
import type { InstanceId } from '@headcount/protocol';
import { Looker } from '@headcount/replication';
import type { CounterApiConfig } from '../settings.js';
import { KnownGateways } from '../intake/known-gateways.js';
import { STORE, type Store } from '../store/store.js';
import { WatchService } from '../watch/watch.service.js';
import { UpkeepService } from './upkeep.service.js';

/** Timeout of a stop for a Redis that does not answer, in milliseconds. The others notice some seconds later without it. */
const FAREWELL_MS_MAX = 250;

/** Who looks, on which clock, and whom it has heard. */
@Injectable()
export class LookerSources {
  constructor(
    @Inject(INSTANCE) readonly instance: Instance,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(KnownGateways) readonly known: KnownGateways,
  ) {}
}

/** Looks once a period who is alive; what follows from it is Looker's. */
@Injectable()
export class LookerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(LookerService.name);
  private readonly looker: Looker;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(STORE) { presence, gateways, counterApis }: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(UpkeepService) { sweeper }: UpkeepService,
    @Inject(LookerSources) { instance, clock, known }: LookerSources,
    @Inject(WatchService) watch: WatchService,
  ) {
    this.looker = new Looker({
      instance: instance.id,
      buckets: config.BUCKETS,
      periodMs: config.SYNC_INTERVAL_MS,
      monotonicMs: () => clock.monotonicMs(),
      presence,
      gateways,
      counterApis,
      stored: sweeper,
      onDead: (gateway) => {
        // What it was interested in would else be followed until it changes.
        watch.close(gateway as InstanceId);
        // And its datagrams taken if they are replayed. If it lives, its next sync makes it known.
        known.forget(gateway as InstanceId);
      },
      onReaped: (gateway, buckets) => this.logger.warn({ gateway, buckets }, 'gateway reaped'),
    });
  }

  /** The counter-apis of this region that are alive, by the last look. */
  get living(): readonly string[] {
    return this.looker.living;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.looker.look(), this.config.SYNC_INTERVAL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await within(FAREWELL_MS_MAX, this.looker.farewell());
  }
}
