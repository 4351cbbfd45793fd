import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of asking what trends. */
@Injectable()
export class TrendingMetrics {
  readonly watched;
  readonly requests;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.watched = metrics.gauge({
      name: 'gateway_trending_watched',
      help: 'Different questions for trending pages that somebody is subscribed to.',
    });
    this.requests = metrics.counter({
      name: 'gateway_trending_requests_total',
      help: 'Requests that asked the home what trends, by outcome.',
      labelNames: ['outcome'],
    });
  }
}
