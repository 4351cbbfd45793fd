import type { Provider } from '@nestjs/common';
import {
  CounterValues,
  FeedBook,
  InterestBook,
  PushStream,
  SyncExchange,
  type SyncBooks,
} from '@headcount/gateway-core';
import {
  CLOCK,
  INSTANCE,
  Keyrings,
  REQUEST_VERIFIER,
  RequestVerifier,
  SignedClients,
  type Clock,
  type Instance,
  type Keyring,
} from '@headcount/platform';
import type { GatewayConfig } from '../gateway-settings.js';
import { DatagramMetrics } from './datagram-metrics.js';
import { HomeKeeper } from './home-keeper.js';
import { UplinkMetrics } from './uplink-metrics.js';
import { Uplink } from './uplink.js';

/** What is held of both directions: the sync speaks about all of it. */
export const SYNC_BOOKS = Symbol('SYNC_BOOKS');

/** What signs and tells the time. */
const SIGNER = Symbol('SIGNER');

interface Signer {
  readonly instance: Instance;
  readonly keyring: Keyring;
  readonly clients: SignedClients;
  readonly clock: Clock;
}

/** The way to counter-api, the sync, and who may push. */
export function uplinkProviders(config: GatewayConfig): readonly Provider[] {
  return [
    UplinkMetrics,
    DatagramMetrics,
    {
      provide: SYNC_BOOKS,
      useFactory: (): SyncBooks => ({
        feeds: new FeedBook(config.BUCKETS, config.TICK_MS),
        values: new CounterValues(config.BUCKETS),
        interest: new InterestBook(),
        stream: new PushStream(),
      }),
    },
    {
      provide: SIGNER,
      useFactory: (
        instance: Instance,
        keyrings: Keyrings,
        clients: SignedClients,
        clock: Clock,
      ): Signer => ({ instance, keyring: keyrings.of('gateway'), clients, clock }),
      inject: [INSTANCE, Keyrings, SignedClients, CLOCK],
    },
    {
      provide: HomeKeeper,
      useFactory: (books: SyncBooks, signer: Signer, metrics: UplinkMetrics) =>
        homeKeeper(config, books, signer, metrics),
      inject: [SYNC_BOOKS, SIGNER, UplinkMetrics],
    },
    {
      provide: Uplink,
      useFactory: (
        { feeds }: SyncBooks,
        signer: Signer,
        keeper: HomeKeeper,
        metrics: UplinkMetrics,
        datagramMetrics: DatagramMetrics,
      ) => new Uplink({ feeds, keeper, metrics, datagramMetrics, ...signer }),
      inject: [SYNC_BOOKS, SIGNER, HomeKeeper, UplinkMetrics, DatagramMetrics],
    },
    {
      provide: REQUEST_VERIFIER,
      useFactory: ({ instance, keyring }: Signer, keeper: HomeKeeper) =>
        new RequestVerifier({ me: instance.id, keyring, knows: (sender) => keeper.isHome(sender) }),
      inject: [SIGNER, HomeKeeper],
    },
  ];
}

function homeKeeper(
  config: GatewayConfig,
  books: SyncBooks,
  { instance, clients, clock }: Signer,
  metrics: UplinkMetrics,
): HomeKeeper {
  return new HomeKeeper({
    clients: config.COUNTER_API_URLS.map((url) => clients.open(url, 'gateway')),
    exchange: new SyncExchange(books, config.BUCKETS),
    intervalMs: config.SYNC_INTERVAL_MS,
    nextNumber: instance.nextNumber,
    clock,
    metrics,
  });
}
