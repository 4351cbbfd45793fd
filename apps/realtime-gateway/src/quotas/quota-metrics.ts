import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of the quotas of sockets and viewers. */
@Injectable()
export class QuotaMetrics {
  readonly refused;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.refused = metrics.counter({
      name: 'gateway_quota_refusals_total',
      help: 'Sockets, streams and operations refused with TOO_MANY, by the quota that was used up.',
      labelNames: ['quota'],
    });
  }
}
