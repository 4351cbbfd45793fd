import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of who is where, and of what they are told. */
@Injectable()
export class SessionMetrics {
  readonly sessions;
  readonly pages;
  readonly deliveries;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.sessions = metrics.gauge({
      name: 'gateway_sessions',
      help: 'Live subscriptions that make their viewer present.',
    });
    this.pages = metrics.gauge({ name: 'gateway_pages', help: 'Pages with at least one session.' });
    this.deliveries = metrics.counter({
      name: 'gateway_deliveries_total',
      help: 'Values handed to subscriptions.',
    });
  }
}
