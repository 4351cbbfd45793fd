import type { Provider } from '@nestjs/common';
import { UnreadBook, type SyncBooks } from '@headcount/gateway-core';
import { CLOCK, type Clock } from '@headcount/platform';
import { Counters } from '../counters/counters.js';
import { ViewerQuotas } from '../quotas/viewer-quotas.js';
import { HomeKeeper } from '../uplink/home-keeper.js';
import { SYNC_BOOKS } from '../uplink/uplink.providers.js';
import { FollowsReader } from './follows-reader.js';
import { Titles } from './titles.js';
import { UnreadMetrics } from './unread-metrics.js';
import { Unreads } from './unreads.js';
import { UnreadResolver } from './unread.resolver.js';

/** What users have not read. */
export const unreadProviders: readonly Provider[] = [
  UnreadMetrics,
  {
    provide: Unreads,
    useFactory: (
      { interest }: SyncBooks,
      counters: Counters,
      keeper: HomeKeeper,
      clock: Clock,
      metrics: UnreadMetrics,
      quotas: ViewerQuotas,
    ): Unreads => {
      const reader = new FollowsReader({
        ...{ keeper, metrics },
        read: (userId, follows) => unreads.takeFollows(userId, follows),
      });
      const book = new UnreadBook();
      const unreads = new Unreads({ book, interest, counters, reader, clock, metrics, quotas });
      return unreads;
    },
    inject: [SYNC_BOOKS, Counters, HomeKeeper, CLOCK, UnreadMetrics, ViewerQuotas],
  },
  {
    provide: Titles,
    useFactory: (keeper: HomeKeeper, metrics: UnreadMetrics) => new Titles({ keeper, metrics }),
    inject: [HomeKeeper, UnreadMetrics],
  },
  UnreadResolver,
];
