import { Logger, type Provider } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import {
  Authenticator,
  CLOCK,
  ClientAddresses,
  CrowdedAddresses,
  IDS,
  type Clock,
  type Ids,
} from '@headcount/platform';
import { Arrivals } from '../arrivals/arrivals.js';
import { originPolicy, type GatewayConfig } from '../gateway-settings.js';
import { ViewerQuotas } from '../quotas/viewer-quotas.js';
import { Documents } from '../sockets/documents.js';
import { EventStreams } from './event-streams.js';
import { unansweredOn } from './kernel-tables.js';
import { VanishedReaders } from './vanished-readers.js';
import { GRAPHQL_STREAM, GraphqlStreamController } from './graphql-stream.controller.js';
import { graphqlStream } from './graphql-stream.js';
import { STREAM_ORIGINS } from './origin.guard.js';
import { PageStreamController } from './page-stream.controller.js';
import { StreamMetrics } from './stream-metrics.js';
import { Viewers } from './viewers.js';

/** Where event streams are asked for. */
export const sseControllers = [GraphqlStreamController, PageStreamController];

/** Looks at a reader that has vanished, from when it is missed until it is given up: what a socket has for its pong. */
const LOOKS = 2;

const logger = new Logger('VanishedReaders');

function noteBlind(cause: unknown): void {
  logger.warn({ err: cause }, 'readers that vanish can only be found by TCP, which takes long');
}

/** The event streams, and what is spoken over them. */
export function sseProviders(config: GatewayConfig): readonly Provider[] {
  return [
    StreamMetrics,
    {
      provide: STREAM_ORIGINS,
      useValue: originPolicy(config),
    },
    {
      provide: Viewers,
      useFactory: (authenticator: Authenticator, ids: Ids) => new Viewers({ authenticator, ids }),
      inject: [Authenticator, IDS],
    },
    {
      provide: VanishedReaders,
      useFactory: (clock: Clock) =>
        new VanishedReaders({
          ...{ clock, unansweredOn, blind: noteBlind },
          everyMs: config.PONG_TIMEOUT_MS / LOOKS,
        }),
      inject: [CLOCK],
    },
    {
      provide: EventStreams,
      useFactory: (
        metrics: StreamMetrics,
        clock: Clock,
        vanished: VanishedReaders,
        addresses: ClientAddresses,
        crowded: CrowdedAddresses,
        quotas: ViewerQuotas,
        arrivals: Arrivals,
      ) =>
        new EventStreams({
          ...{ metrics, clock, vanished, addresses, crowded, quotas, arrivals },
          beatMs: config.PING_INTERVAL_MS,
          streamsMax: config.SOCKETS_MAX,
          streamsPerAddressMax: config.SOCKETS_PER_ADDRESS_MAX,
          stuckMs: config.SLOW_MS,
          drainMs: config.DRAIN_MS,
          toleranceMs: config.AUTH_CLOCK_TOLERANCE_SECONDS * 1000,
        }),
      inject: [
        ...[StreamMetrics, CLOCK, VanishedReaders, ClientAddresses, CrowdedAddresses],
        ...[ViewerQuotas, Arrivals],
      ],
    },
    {
      provide: GRAPHQL_STREAM,
      useFactory: (schemaHost: GraphQLSchemaHost, documents: Documents) =>
        // The schema is made when the app has been initialised, which is before anyone asks.
        graphqlStream({ schema: () => schemaHost.schema, documents }),
      inject: [GraphQLSchemaHost, Documents],
    },
  ];
}
