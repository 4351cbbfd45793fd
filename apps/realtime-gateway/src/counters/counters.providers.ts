import type { Provider } from '@nestjs/common';
import type { SyncBooks } from '@headcount/gateway-core';
import { CLOCK, type Clock } from '@headcount/platform';
import { HomeKeeper } from '../uplink/home-keeper.js';
import { SYNC_BOOKS } from '../uplink/uplink.providers.js';
import { CounterMetrics } from './counter-metrics.js';
import { Counters } from './counters.js';

/** The way back from counter-api. */
export const countersProviders: readonly Provider[] = [
  CounterMetrics,
  {
    provide: Counters,
    useFactory: (
      { interest, values, stream }: SyncBooks,
      keeper: HomeKeeper,
      clock: Clock,
      metrics: CounterMetrics,
    ) => new Counters({ interest, values, stream, keeper, clock, metrics }),
    inject: [SYNC_BOOKS, HomeKeeper, CLOCK, CounterMetrics],
  },
];
