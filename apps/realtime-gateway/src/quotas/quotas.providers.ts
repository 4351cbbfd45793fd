import type { Provider } from '@nestjs/common';
import { QuotaBook, type SyncBooks } from '@headcount/gateway-core';
import { CLOCK, type Clock } from '@headcount/platform';
import type { GatewayConfig } from '../gateway-settings.js';
import { SYNC_BOOKS } from '../uplink/uplink.providers.js';
import { QuotaMetrics } from './quota-metrics.js';
import { ViewerQuotas } from './viewer-quotas.js';

/** Most different questions for trending pages that one viewer has at once. */
export const QUESTIONS_PER_VIEWER_MAX = 16;

/** Most characters of the operations of one viewer at once, all its sockets together: a thousand of them have some hundred each. */
export const TEXT_PER_VIEWER_MAX = 1_048_576;

/** How much each viewer may hold. */
export function quotasProviders(config: GatewayConfig): readonly Provider[] {
  return [
    QuotaMetrics,
    {
      provide: ViewerQuotas,
      useFactory: ({ interest }: SyncBooks, clock: Clock, metrics: QuotaMetrics) => {
        const quotas = {
          socketsPerViewer: config.SOCKETS_PER_VIEWER_MAX,
          watchedPerSocket: config.WATCHED_PER_SOCKET_MAX,
          watchedPerViewer: config.WATCHED_PER_VIEWER_MAX,
          watched: config.WATCHED_MAX,
          textPerViewer: TEXT_PER_VIEWER_MAX,
          questionsPerViewer: QUESTIONS_PER_VIEWER_MAX,
        };
        return new ViewerQuotas(
          new QuotaBook(quotas, interest, () => clock.monotonicMs()),
          metrics,
        );
      },
      inject: [SYNC_BOOKS, CLOCK, QuotaMetrics],
    },
  ];
}
