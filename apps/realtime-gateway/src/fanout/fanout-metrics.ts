import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of what subscriptions are shown. */
@Injectable()
export class FanoutMetrics {
  readonly groups;
  readonly renderings;
  readonly deliveries;
  readonly skipped;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.groups = metrics.gauge({
      name: 'gateway_groups',
      help: 'Groups of subscriptions that are shown the same.',
    });
    this.renderings = metrics.counter({
      name: 'gateway_renderings_total',
      help: 'Results made for a group, each for all of its subscriptions.',
    });
    this.deliveries = metrics.counter({
      name: 'gateway_deliveries_total',
      help: 'Values sent to subscriptions.',
    });
    this.skipped = metrics.counter({
      name: 'gateway_skipped_total',
      help: 'Values that were replaced by newer ones before their socket took them in.',
    });
  }
}
