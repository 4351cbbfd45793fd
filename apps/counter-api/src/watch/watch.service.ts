import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { changesChannel, decodeChanges } from '@headcount/counter-store';
import { CONFIG, Metrics } from '@headcount/platform';
import {
  orThrow,
  type InstanceId,
  type InterestAnswer,
  type InterestRequest,
} from '@headcount/protocol';
import { Watch } from '@headcount/replication';
import type { KnownGateway } from '../intake/known-gateways.js';
import type { CounterApiConfig } from '../settings.js';
import { available } from '../store/available.js';
import { STORE, type Store } from '../store/store.js';
import { PUSH_CLIENTS, type PushClients } from './push-clients.js';

/** What gateways are interested in, over this app's Redis and connections; what follows from it is Watch's. */
@Injectable()
export class WatchService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly watch: Watch;
  private comparing: NodeJS.Timeout | null = null;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(PUSH_CLIENTS) clients: PushClients,
    @Inject(Metrics) metrics: Metrics,
  ) {
    const { subscriber, counters } = store;
    const pushed = metrics.counter({
      name: 'values_pushed_total',
      help: 'Values taken by gateways.',
    });
    const failed = metrics.counter({
      name: 'pushes_failed_total',
      help: 'Pushes that a gateway did not take.',
    });
    const watch = new Watch({
      buckets: config.BUCKETS,
      tickMs: config.TICK_MS,
      counters,
      subscribe: (bucket) => subscriber.subscribe(changesChannel(bucket)),
      unsubscribe: (bucket) => subscriber.unsubscribe(changesChannel(bucket)),
      open: (url) => clients.open(url),
      timers: {
        nowMs: () => clients.clock.monotonicMs(),
        afterTurn: (task) => void setImmediate(task),
        afterMs: (task, ms) => {
          const timer = setTimeout(task, ms);
          return () => clearTimeout(timer);
        },
      },
      onPush: (values) => (values === 'failed' ? failed.inc() : pushed.inc(values)),
    });
    this.watch = watch;
    metrics.gauge({
      name: 'watched_counters',
      help: 'Counters that gateways are interested in.',
      collect() {
        this.set(watch.counters);
      },
    });
    metrics.gauge({
      name: 'push_streams',
      help: 'Gateways that values are pushed to.',
      collect() {
        this.set(watch.streams);
      },
    });
  }

  onApplicationBootstrap(): void {
    const { subscriber } = this.store;
    subscriber.on('message', (channel: string, message: string) =>
      this.watch.heard(decodeChanges(channel, message)),
    );
    // What was published while the connection was gone is lost; asking mends it (DESIGN.md §10).
    subscriber.on('ready', () => this.watch.compareAll());
    this.comparing = setInterval(() => this.watch.compareAll(), this.config.SYNC_INTERVAL_MS);
  }

  onApplicationShutdown(): void {
    if (this.comparing) clearInterval(this.comparing);
    this.watch.closeAll();
  }

  /** The position of the gateway's stream, or null where it has none here. */
  streamPosition(gateway: InstanceId): number | null {
    return this.watch.streamPosition(gateway);
  }

  /** Takes on and gives up interest; answers with the values of what was added. */
  async interest(gateway: KnownGateway, request: InterestRequest): Promise<InterestAnswer> {
    return orThrow(await available(this.watch.interest(gateway, request)));
  }

  /** Ends the gateway's stream, if it has one. */
  close(gateway: InstanceId): void {
    this.watch.close(gateway);
  }
}
