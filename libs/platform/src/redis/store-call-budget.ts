import type { Metrics } from '../metrics/metrics.js';
import { INTERNAL_PREFIX } from '../http/body-parser.js';
import type { NestFastify } from '../http/fastify-adapter.js';
import { RequestWork, withinRequest } from './request-work.js';

/**
 * Gives every request a budget of store calls, and ends its work when the caller has gone. Before the routes are made; what is
 * put before a route later is not part of it.
 */
export function budgetStoreCalls(fastify: NestFastify, callsMax: number, metrics: Metrics): void {
  const refused = metrics.counter({
    name: 'requests_cut_short_total',
    help: 'Requests that got no further store call, by why.',
    labelNames: ['why'],
  });
  const onRefused = (why: string): void => refused.inc({ why });
  fastify.addHook('onRoute', (route) => {
    // Signed calls of other processes have bounds of their own, and many callers behind them.
    if (route.url.startsWith(INTERNAL_PREFIX)) return;
    const { handler } = route;
    route.handler = function (request, reply) {
      const work = new RequestWork({ callsMax, onRefused });
      const { raw } = reply;
      // It may have gone while its request was read.
      if (raw.destroyed) work.end(false);
      raw.once('close', () => work.end(raw.writableFinished));
      return withinRequest(work, (): unknown => handler.call(this, request, reply));
    };
  });
}
