import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { CLOCK, CONFIG, INSTANCE, type Clock, type Instance } from '@headcount/platform';
import { NEVER_LOOKED, observe, type Heartbeat, type Liveness } from '@headcount/replication';
import type { RegistryStore } from '@headcount/counter-store';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { countOut } from './count-out.js';
import { UpkeepService } from './upkeep.service.js';

/** Who looks, on which clock. */
@Injectable()
export class LookerSources {
  constructor(
    @Inject(INSTANCE) readonly instance: Instance,
    @Inject(CLOCK) readonly clock: Clock,
  ) {}
}

/**
 * Looks once a period who is alive, and counts out the gateways that are not (DESIGN.md §6). Every counter-api
 * looks: whoever finds a gateway dead first reaps it, and to reap it twice changes nothing.
 */
@Injectable()
export class LookerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(LookerService.name);
  private gateways: Liveness = NEVER_LOOKED;
  private counterApis: Liveness = NEVER_LOOKED;
  private heartbeat = 0;
  private timer: NodeJS.Timeout | null = null;
  private looking = false;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(UpkeepService) private readonly upkeep: UpkeepService,
    @Inject(LookerSources) private readonly sources: LookerSources,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.lookOnce(), this.config.SYNC_INTERVAL_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    // A farewell spares the others eight seconds of waiting for a heartbeat; without Redis they will wait.
    await this.store.counterApis
      .forget(this.sources.instance.id, this.heartbeat)
      .catch(() => false);
  }

  private async lookOnce(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      await this.look();
    } catch {
      // A failed look proves nothing of anyone: all counts start again (L2).
      [this.gateways, this.counterApis] = [NEVER_LOOKED, NEVER_LOOKED];
    } finally {
      this.looking = false;
    }
  }

  private async look(): Promise<void> {
    const { store, sources } = this;
    const { id } = sources.instance;
    this.heartbeat += 1;
    await store.counterApis.beat(id, this.heartbeat);
    const [counterApis, gateways] = await Promise.all([
      store.counterApis.look(),
      store.gateways.look(),
    ]);
    // What was just written must be read back, else this is not the Redis that the others write to.
    if (counterApis.get(id) !== this.heartbeat) throw new Error('the own heartbeat is not there');
    const atMs = sources.clock.monotonicMs();
    const periodMs = this.config.SYNC_INTERVAL_MS;
    const ofGateways = observe(
      this.gateways,
      { atMs, heartbeats: this.withAbsent(gateways) },
      periodMs,
    );
    const ofCounterApis = observe(this.counterApis, { atMs, heartbeats: counterApis }, periodMs);
    [this.gateways, this.counterApis] = [ofGateways.after, ofCounterApis.after];
    for (const [gateway, heartbeat] of ofGateways.dead) await this.reap(gateway, heartbeat);
    await this.forgetAll(store.counterApis, ofCounterApis.dead);
  }

  /** The registry, and whoever is stored in a bucket without being in it. */
  private withAbsent(registry: ReadonlyMap<string, Heartbeat>): Map<string, Heartbeat> {
    const heartbeats = new Map<string, Heartbeat>(registry);
    for (const gateway of this.upkeep.storedGateways()) {
      if (!heartbeats.has(gateway)) heartbeats.set(gateway, null);
    }
    return heartbeats;
  }

  private async reap(gateway: string, heartbeat: Heartbeat): Promise<void> {
    const buckets = await countOut(this.store, gateway, this.config.BUCKETS);
    if (heartbeat !== null) await this.store.gateways.forget(gateway, heartbeat);
    this.upkeep.forgetGateway(gateway);
    // One that has said goodbye to another counter-api is found here too, with nothing left of it.
    if (buckets > 0) this.logger.warn({ gateway, buckets }, 'gateway reaped');
  }

  private async forgetAll(
    registry: RegistryStore,
    dead: ReadonlyMap<string, Heartbeat>,
  ): Promise<void> {
    for (const [instance, heartbeat] of dead) {
      if (heartbeat !== null) await registry.forget(instance, heartbeat);
    }
  }
}
