import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { changesChannel, decodeChanges } from '@headcount/counter-store';
import { available, CONFIG, Metrics, outsideRequestsAlways } from '@headcount/platform';
import {
  orThrow,
  type InstanceId,
  type InterestAnswer,
  type InterestRequest,
  type ViewerId,
} from '@headcount/protocol';
import { Watch, type Followers } from '@headcount/replication';
import type { KnownGateway } from '../intake/known-gateways.js';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { PUSH_CLIENTS, type PushClients } from './push-clients.js';

const WATCHED = [
  ['counter', 'counters'],
  ['page', 'pages'],
  ['user', 'users'],
] as const;
const HELP = {
  counter: 'Counters that gateways are interested in.',
  page: 'Pages of whose modifications gateways are told.',
  user: 'Users of whose changed follows gateways are told.',
} as const;

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
    const { subscriber, counters, modifications } = store;
    const pushed = metrics.counter({
      name: 'values_pushed_total',
      help: 'Values, modified pages and changed users taken by gateways.',
    });
    const taken = metrics.counter({ name: 'pushes_total', help: 'Pushes taken by gateways.' });
    const failed = metrics.counter({
      name: 'pushes_failed_total',
      help: 'Pushes that a gateway did not take.',
    });
    const watch = new Watch({
      buckets: config.BUCKETS,
      tickMs: config.TICK_MS,
      pushesPerSecond: config.PUSHES_PER_SECOND,
      interestMax: config.WATCHED_PER_GATEWAY_MAX,
      // What a bucket is asked is for all that watch it, not for the first request alone.
      counters: outsideRequestsAlways(counters),
      modifications: outsideRequestsAlways(modifications),
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
      onPush: (values) => {
        if (values === 'failed') return failed.inc();
        taken.inc();
        pushed.inc(values);
      },
    });
    this.watch = watch;
    for (const [kind, what] of WATCHED) {
      metrics.gauge({
        name: `watched_${what}`,
        help: HELP[kind],
        collect() {
          this.set(watch.sizes[kind]);
        },
      });
    }
    metrics.gauge({
      name: 'push_streams',
      help: 'Gateways that values are pushed to.',
      collect() {
        this.set(watch.streams);
      },
    });
    metrics.gauge({
      name: 'push_streams_waiting',
      help: 'Gateways that wait for a push, as PUSHES_PER_SECOND are used up.',
      collect() {
        this.set(watch.waiting);
      },
    });
  }

  onApplicationBootstrap(): void {
    const { subscriber } = this.store;
    subscriber.on('message', (channel: string, message: string) =>
      this.watch.heard(decodeChanges(channel, message)),
    );
    subscriber.on('close', () => this.watch.followers.hears(false));
    subscriber.on('ready', () => void this.hearAgain());
    this.comparing = setInterval(() => this.watch.compareAll(), this.config.SYNC_INTERVAL_MS);
  }

  onApplicationShutdown(): void {
    if (this.comparing) clearInterval(this.comparing);
    this.watch.closeAll();
  }

  /** What is followed, for those in this process that watch too. */
  get followers(): Followers {
    return this.watch.followers;
  }

  /** The position of the gateway's stream, or null where it has none here. */
  streamPosition(gateway: InstanceId): number | null {
    return this.watch.streamPosition(gateway);
  }

  /** Takes on and gives up interest; answers with the values of what was added. */
  async interest(gateway: KnownGateway, request: InterestRequest): Promise<InterestAnswer> {
    return orThrow(await available(this.watch.interest(gateway, request)));
  }

  /** Whether a gateway is told of the user. */
  watchesUser(userId: ViewerId): boolean {
    return this.watch.watchesUser(userId);
  }

  /** Ends the gateway's stream, if it has one. */
  close(gateway: InstanceId): void {
    this.watch.close(gateway);
  }

  /** What was published while the connection was gone is lost; asking mends it (DESIGN.md §10). */
  private async hearAgain(): Promise<void> {
    try {
      // An answer on this connection comes after those to the subscriptions made before it.
      await this.store.subscriber.ping();
    } catch {
      // It is gone again, and will be ready again.
      return;
    }
    this.watch.followers.hears(true);
  }
}
