import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of who is where. */
@Injectable()
export class SessionMetrics {
  readonly sessions;
  readonly pages;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.sessions = metrics.gauge({
      name: 'gateway_sessions',
      help: 'Live subscriptions that make their viewer present.',
    });
    this.pages = metrics.gauge({ name: 'gateway_pages', help: 'Pages with at least one session.' });
  }
}
