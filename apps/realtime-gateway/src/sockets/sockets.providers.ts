import type { Provider } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import {
  Authenticator,
  CLOCK,
  ClientAddresses,
  CrowdedAddresses,
  IDS,
  RequestLimits,
  isLoopback,
  type Clock,
  type Ids,
} from '@headcount/platform';
import { ok } from '@headcount/protocol';
import { Arrivals, connectsPerAddress } from '../arrivals/arrivals.js';
import { FanoutMetrics } from '../fanout/fanout-metrics.js';
import { FieldSources } from '../fanout/field-sources.js';
import { Groups } from '../fanout/groups.js';
import { originPolicy, type GatewayConfig } from '../gateway-settings.js';
import { Presence } from '../presence/presence.js';
import { ViewerQuotas } from '../quotas/viewer-quotas.js';
import type { ConnectionRules } from './connection.js';
import { Documents } from './documents.js';
import { whenExpired } from './expiry.js';
import { saidIn } from './init-payload.js';
import { Operations } from './operations.js';
import { SocketMetrics } from './socket-metrics.js';
import { SocketServer } from './socket-server.js';
import { viewerInAddress } from './viewer-in-address.js';
import { identify } from './visitors.js';

/** The sockets, and what is spoken over them. */
export function socketsProviders(config: GatewayConfig): readonly Provider[] {
  return [
    SocketMetrics,
    {
      provide: Arrivals,
      useFactory: (clock: Clock, crowded: CrowdedAddresses) =>
        new Arrivals(connectsPerAddress(config), clock, crowded),
      inject: [CLOCK, CrowdedAddresses],
    },
    {
      provide: Documents,
      useFactory: () => new Documents({ limits: config, isOpen: isLoopback(config.HOST) }),
    },
    {
      provide: Operations,
      useFactory: (
        schemaHost: GraphQLSchemaHost,
        documents: Documents,
        groups: Groups,
        sources: FieldSources,
        quotas: ViewerQuotas,
      ) =>
        // The schema is made when the app has been initialised, which is before anyone connects.
        new Operations({ schema: () => schemaHost.schema, documents, groups, sources, quotas }),
      inject: [GraphQLSchemaHost, Documents, Groups, FieldSources, ViewerQuotas],
    },
    {
      provide: SocketServer,
      useFactory: (
        operations: Operations,
        authenticator: Authenticator,
        ids: Ids,
        presence: Presence,
        metrics: SocketMetrics,
        fanoutMetrics: FanoutMetrics,
        clock: Clock,
        addresses: ClientAddresses,
        crowded: CrowdedAddresses,
        quotas: ViewerQuotas,
        arrivals: Arrivals,
        limits: RequestLimits,
      ) =>
        new SocketServer({
          ...{ presence, metrics, fanoutMetrics, clock, addresses, crowded, arrivals },
          rules: rulesOf(config, operations, { authenticator, ids, clock, limits, quotas }),
          origins: originPolicy(config),
          keepAliveTimes: {
            pingIntervalMs: config.PING_INTERVAL_MS,
            pongTimeoutMs: config.PONG_TIMEOUT_MS,
          },
          socketsMax: config.SOCKETS_MAX,
          socketsPerAddressMax: config.SOCKETS_PER_ADDRESS_MAX,
          drainMs: config.DRAIN_MS,
          slowMs: config.SLOW_MS,
          messagesPerSecondMax: config.MESSAGES_PER_SECOND_MAX,
          messageBytesMax: config.MESSAGE_BYTES_MAX,
        }),
      inject: [
        ...[Operations, Authenticator, IDS, Presence, SocketMetrics, FanoutMetrics, CLOCK],
        ...[ClientAddresses, CrowdedAddresses, ViewerQuotas, Arrivals, RequestLimits],
      ],
    },
  ];
}

function rulesOf(
  config: GatewayConfig,
  operations: Operations,
  {
    clock,
    quotas,
    ...who
  }: {
    readonly authenticator: Authenticator;
    readonly ids: Ids;
    readonly clock: Clock;
    readonly quotas: ViewerQuotas;
    readonly limits: RequestLimits;
  },
): ConnectionRules {
  const toleranceMs = config.AUTH_CLOCK_TOLERANCE_SECONDS * 1000;
  const arePublicReads = config.READS === 'public';
  return {
    initTimeoutMs: config.INIT_TIMEOUT_MS,
    operationsMax: config.OPERATIONS_PER_SOCKET_MAX,
    holdText: ({ holder }, characters) => quotas.holdText(holder, characters),
    visitorOf: async (params, { socketId, target, address }) => {
      const said = saidIn(params);
      if (!said.ok) return said;
      const inAddress = viewerInAddress(target);
      if (!inAddress.ok) return inAddress;
      const claimed = { ...said.value, viewerInAddress: inAddress.value };
      const identity = await identify(claimed, { ...who, arePublicReads });
      if (!identity.ok) return identity;
      const { expiresAtMs, ...visitor } = identity.value;
      return ok({
        enter: () => {
          const holder = quotas.enter(visitor, address);
          return holder.ok ? ok({ socketId, ...visitor, holder: holder.value }) : holder;
        },
        whenOver: (act) => whenExpired({ expiresAtMs, toleranceMs }, clock, act),
      });
    },
    operate: (...asked) => operations.begin(...asked),
  };
}
