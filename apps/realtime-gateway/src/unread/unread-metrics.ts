import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of what users have not read. */
@Injectable()
export class UnreadMetrics {
  readonly users;
  readonly pages;
  readonly requests;
  readonly values;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.users = metrics.gauge({
      name: 'gateway_unread_users',
      help: 'Users whose unread is computed here.',
    });
    this.pages = metrics.gauge({
      name: 'gateway_unread_pages',
      help: 'Pages that those users follow.',
    });
    this.requests = metrics.counter({
      name: 'gateway_unread_requests_total',
      help: 'Requests for follows and for titles, by outcome.',
      labelNames: ['what', 'outcome'],
    });
    this.values = metrics.counter({
      name: 'gateway_unread_pages_total',
      help: 'Modifications of pages received, by what became of them.',
      labelNames: ['taken'],
    });
  }
}
