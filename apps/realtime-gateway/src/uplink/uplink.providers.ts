import type { Provider } from '@nestjs/common';
import {
  CLOCK,
  INSTANCE,
  Keyring,
  REQUEST_VERIFIER,
  RequestVerifier,
  SignedClient,
  type Clock,
  type Instance,
} from '@headcount/platform';
import { Counters } from '../counters/counters.js';
import { CounterValues } from '../counters/counter-values.js';
import { InterestBook } from '../counters/interest-book.js';
import { PushStream } from '../counters/push-stream.js';
import { GatewayMetrics } from '../gateway-metrics.js';
import type { GatewayConfig } from '../gateway-settings.js';
import { FeedBook } from './feed-book.js';
import { HomeKeeper } from './home-keeper.js';
import { SyncExchange, type SyncBooks } from './sync-exchange.js';
import { Uplink } from './uplink.js';

/** The books that both directions and the sync between them share. */
const BOOKS = Symbol('BOOKS');

/** What signs and tells the time. */
const SIGNER = Symbol('SIGNER');

interface Signer {
  readonly instance: Instance;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** Both directions between this gateway and its home. */
export function uplinkProviders(config: GatewayConfig): readonly Provider[] {
  return [
    {
      provide: BOOKS,
      useFactory: (): SyncBooks => ({
        feeds: new FeedBook(config.BUCKETS, config.TICK_MS),
        values: new CounterValues(config.BUCKETS),
        interest: new InterestBook(),
        stream: new PushStream(),
      }),
    },
    {
      provide: SIGNER,
      useFactory: (instance: Instance, keyring: Keyring, clock: Clock): Signer => ({
        instance,
        keyring,
        clock,
      }),
      inject: [INSTANCE, Keyring, CLOCK],
    },
    {
      provide: HomeKeeper,
      useFactory: (
        books: SyncBooks,
        { instance, keyring, clock }: Signer,
        metrics: GatewayMetrics,
      ) =>
        new HomeKeeper({
          clients: config.COUNTER_API_URLS.map(
            (url) => new SignedClient({ url, instance, keyring }),
          ),
          exchange: new SyncExchange(books, config.BUCKETS),
          intervalMs: config.SYNC_INTERVAL_MS,
          nextNumber: instance.nextNumber,
          clock,
          metrics,
        }),
      inject: [BOOKS, SIGNER, GatewayMetrics],
    },
    {
      provide: Uplink,
      useFactory: (
        { feeds }: SyncBooks,
        signer: Signer,
        keeper: HomeKeeper,
        metrics: GatewayMetrics,
      ) => new Uplink({ feeds, keeper, metrics, ...signer }),
      inject: [BOOKS, SIGNER, HomeKeeper, GatewayMetrics],
    },
    {
      provide: Counters,
      useFactory: (
        { interest, values, stream }: SyncBooks,
        { clock }: Signer,
        keeper: HomeKeeper,
        metrics: GatewayMetrics,
      ) => new Counters({ interest, values, stream, keeper, clock, metrics }),
      inject: [BOOKS, SIGNER, HomeKeeper, GatewayMetrics],
    },
    {
      provide: REQUEST_VERIFIER,
      useFactory: ({ instance, keyring }: Signer, keeper: HomeKeeper) =>
        new RequestVerifier({ me: instance.id, keyring, knows: (sender) => keeper.isHome(sender) }),
      inject: [SIGNER, HomeKeeper],
    },
  ];
}
