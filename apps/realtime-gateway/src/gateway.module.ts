import { Inject, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GraphQLModule, GraphQLSchemaHost } from '@nestjs/graphql';
import {
  AuthGuard,
  Authenticator,
  IDS,
  Metrics,
  Readiness,
  SignedGuard,
  graphqlOptions,
  isLoopback,
  type Ids,
} from '@headcount/platform';
import { Counters } from './counters/counters.js';
import { CountersController } from './counters/counters.controller.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { allowsAnyOrigin, type GatewayConfig } from './gateway-settings.js';
import { Presence } from './presence/presence.js';
import { PresenceBook } from './presence/presence-book.js';
import { graphqlServer } from './sockets/graphql-server.js';
import { SocketServer } from './sockets/socket-server.js';
import { CounterResolver } from './subscriptions/counter.resolver.js';
import { GatewayResolver } from './subscriptions/gateway.resolver.js';
import { Subscriptions } from './subscriptions/subscriptions.js';
import { HomeKeeper } from './uplink/home-keeper.js';
import { Uplink } from './uplink/uplink.js';
import { uplinkProviders } from './uplink/uplink.providers.js';

/** The wiring of the realtime gateway, and nothing else. */
@Module({})
export class GatewayModule {
  constructor(@Inject(Readiness) readiness: Readiness, @Inject(HomeKeeper) keeper: HomeKeeper) {
    readiness.add('counter-api', () => keeper.wrong());
  }

  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: GatewayModule,
      imports: [GraphQLModule.forRoot(graphqlOptions(config))],
      controllers: [CountersController],
      providers: [
        { provide: APP_GUARD, useClass: AuthGuard },
        SignedGuard,
        {
          provide: GatewayMetrics,
          useFactory: (metrics: Metrics) => new GatewayMetrics(metrics),
          inject: [Metrics],
        },
        ...uplinkProviders(config),
        ...subscriptionProviders,
        CounterResolver,
        GatewayResolver,
        socketServerProvider(config),
      ],
    };
  }
}

const subscriptionProviders: readonly Provider[] = [
  {
    provide: Presence,
    useFactory: (uplink: Uplink, metrics: GatewayMetrics) =>
      new Presence(new PresenceBook(), uplink, metrics),
    inject: [Uplink, GatewayMetrics],
  },
  {
    provide: Subscriptions,
    useFactory: (presence: Presence, counters: Counters, metrics: GatewayMetrics) =>
      new Subscriptions(presence, counters, metrics),
    inject: [Presence, Counters, GatewayMetrics],
  },
];

function socketServerProvider(config: GatewayConfig): Provider {
  return {
    provide: SocketServer,
    useFactory: (
      schemaHost: GraphQLSchemaHost,
      authenticator: Authenticator,
      ids: Ids,
      presence: Presence,
      metrics: GatewayMetrics,
    ) =>
      new SocketServer({
        graphql: graphqlServer({
          // Made when the app has been initialised, which is before anyone connects.
          schema: () => schemaHost.schema,
          introspection: isLoopback(config.HOST),
          authenticator,
          ids,
          initTimeoutMs: config.INIT_TIMEOUT_MS,
          operationsPerSocketMax: config.OPERATIONS_PER_SOCKET_MAX,
        }),
        presence,
        metrics,
        origins: { any: allowsAnyOrigin(config), listed: config.ORIGINS ?? [] },
        keepAliveTimes: {
          pingIntervalMs: config.PING_INTERVAL_MS,
          pongTimeoutMs: config.PONG_TIMEOUT_MS,
        },
        socketsMax: config.SOCKETS_MAX,
        socketsPerAddressMax: config.SOCKETS_PER_ADDRESS_MAX,
        drainMs: config.DRAIN_MS,
      }),
    inject: [GraphQLSchemaHost, Authenticator, IDS, Presence, GatewayMetrics],
  };
}
