import type { Provider } from '@nestjs/common';
import { PresenceBook } from '@headcount/gateway-core';
import { CLOCK, subgraphResolver, type Clock } from '@headcount/platform';
import { Counters } from '../counters/counters.js';
import { FanoutMetrics } from '../fanout/fanout-metrics.js';
import { FieldSources } from '../fanout/field-sources.js';
import { Groups } from '../fanout/groups.js';
import { Pacer } from '../fanout/pacer.js';
import { Sources } from '../fanout/sources.js';
import { TrendingMetrics } from '../fanout/trending-metrics.js';
import { Trending } from '../fanout/trending.js';
import type { GatewayConfig } from '../gateway-settings.js';
import { Presence } from '../presence/presence.js';
import { ViewerQuotas } from '../quotas/viewer-quotas.js';
import { HomeKeeper } from '../uplink/home-keeper.js';
import { Unreads } from '../unread/unreads.js';
import { Uplink } from '../uplink/uplink.js';
import { CounterResolver } from './counter.resolver.js';
import { ENTITIES, GatewayResolver } from './gateway.resolver.js';
import { SessionMetrics } from './session-metrics.js';
import { Subscriptions } from './subscriptions.js';
import { TrendingResolver } from './trending.resolver.js';

/** What sockets can ask for, and who is where because of it. */
export function subscriptionsProviders(config: GatewayConfig): readonly Provider[] {
  return [
    SessionMetrics,
    FanoutMetrics,
    TrendingMetrics,
    {
      provide: Trending,
      useFactory: (keeper: HomeKeeper, clock: Clock, metrics: TrendingMetrics) =>
        new Trending({ keeper, clock, metrics }),
      inject: [HomeKeeper, CLOCK, TrendingMetrics],
    },
    {
      provide: Presence,
      useFactory: (uplink: Uplink, metrics: SessionMetrics) =>
        new Presence(new PresenceBook(), uplink, metrics),
      inject: [Uplink, SessionMetrics],
    },
    {
      provide: Sources,
      useFactory: (presence: Presence, counters: Counters, trending: Trending, unreads: Unreads) =>
        new Sources(presence, counters, trending, unreads),
      inject: [Presence, Counters, Trending, Unreads],
    },
    {
      provide: FieldSources,
      useFactory: (sources: Sources) => new FieldSources(sources),
      inject: [Sources],
    },
    {
      provide: Groups,
      useFactory: (clock: Clock, metrics: FanoutMetrics) => {
        const { WRITES_PER_SECOND: writesPerSecond, FANOUT_TICK_MS: tickMs } = config;
        return new Groups({ clock, metrics, pacer: new Pacer({ writesPerSecond, tickMs }) });
      },
      inject: [CLOCK, FanoutMetrics],
    },
    {
      provide: Subscriptions,
      useFactory: (sources: Sources, quotas: ViewerQuotas, clock: Clock, metrics: FanoutMetrics) =>
        new Subscriptions(sources, quotas, clock, metrics),
      inject: [Sources, ViewerQuotas, CLOCK, FanoutMetrics],
    },
    CounterResolver,
    TrendingResolver,
    GatewayResolver,
    subgraphResolver(ENTITIES),
  ];
}
