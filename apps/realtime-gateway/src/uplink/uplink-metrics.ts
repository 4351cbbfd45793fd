import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of the way to counter-api. */
@Injectable()
export class UplinkMetrics {
  readonly syncs;
  readonly syncSeconds;
  readonly homes;
  readonly posts;
  readonly unsettledBuckets;
  readonly impossibleStatements;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.syncs = metrics.counter({
      name: 'gateway_syncs_total',
      help: 'Syncs with counter-api, by outcome.',
      labelNames: ['outcome'],
    });
    this.syncSeconds = metrics.histogram({
      name: 'gateway_sync_seconds',
      help: 'Duration of syncs that succeeded.',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
    });
    this.homes = metrics.gauge({
      name: 'gateway_home',
      help: '1 for the counter-api that is home, 0 for the others of the list.',
      labelNames: ['url'],
    });
    this.posts = metrics.counter({
      name: 'gateway_feed_posts_total',
      help: 'Changes sent to counter-api by HTTP, by outcome of the request.',
      labelNames: ['outcome'],
    });
    this.unsettledBuckets = metrics.gauge({
      name: 'gateway_unsettled_buckets',
      help: 'Buckets of which Redis is not known to have everything.',
    });
    this.impossibleStatements = metrics.counter({
      name: 'gateway_impossible_statements_total',
      help: 'Versions stated to be stored that this gateway never gave out.',
    });
  }
}
