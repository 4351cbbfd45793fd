import type { Provider } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { Authenticator, IDS, isLoopback, type Ids } from '@headcount/platform';
import type { Server } from 'graphql-ws';
import { allowsAnyOrigin, type GatewayConfig } from '../gateway-settings.js';
import { Presence } from '../presence/presence.js';
import { graphqlServer, type SocketExtra } from './graphql-server.js';
import { SocketMetrics } from './socket-metrics.js';
import { SocketServer } from './socket-server.js';

/** What speaks graphql-transport-ws. */
const GRAPHQL_SERVER = Symbol('GRAPHQL_SERVER');

/** The sockets, and what is spoken over them. */
export function socketsProviders(config: GatewayConfig): readonly Provider[] {
  return [
    SocketMetrics,
    {
      provide: GRAPHQL_SERVER,
      useFactory: (schemaHost: GraphQLSchemaHost, authenticator: Authenticator, ids: Ids) =>
        graphqlServer({
          // Made when the app has been initialised, which is before anyone connects.
          schema: () => schemaHost.schema,
          introspection: isLoopback(config.HOST),
          authenticator,
          ids,
          initTimeoutMs: config.INIT_TIMEOUT_MS,
          operationsPerSocketMax: config.OPERATIONS_PER_SOCKET_MAX,
        }),
      inject: [GraphQLSchemaHost, Authenticator, IDS],
    },
    {
      provide: SocketServer,
      useFactory: (graphql: Server<SocketExtra>, presence: Presence, metrics: SocketMetrics) =>
        new SocketServer({
          graphql,
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
      inject: [GRAPHQL_SERVER, Presence, SocketMetrics],
    },
  ];
}
