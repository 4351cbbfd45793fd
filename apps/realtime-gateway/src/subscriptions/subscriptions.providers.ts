import type { Provider } from '@nestjs/common';
import { PresenceBook } from '@headcount/gateway-core';
import { Counters } from '../counters/counters.js';
import { Presence } from '../presence/presence.js';
import { Uplink } from '../uplink/uplink.js';
import { CounterResolver } from './counter.resolver.js';
import { GatewayResolver } from './gateway.resolver.js';
import { SessionMetrics } from './session-metrics.js';
import { Subscriptions } from './subscriptions.js';

/** What sockets can ask for, and who is where because of it. */
export const subscriptionsProviders: readonly Provider[] = [
  SessionMetrics,
  {
    provide: Presence,
    useFactory: (uplink: Uplink, metrics: SessionMetrics) =>
      new Presence(new PresenceBook(), uplink, metrics),
    inject: [Uplink, SessionMetrics],
  },
  {
    provide: Subscriptions,
    useFactory: (presence: Presence, counters: Counters, metrics: SessionMetrics) =>
      new Subscriptions(presence, counters, metrics),
    inject: [Presence, Counters, SessionMetrics],
  },
  CounterResolver,
  GatewayResolver,
];
