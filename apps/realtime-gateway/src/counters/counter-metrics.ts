import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of the way back from counter-api. */
@Injectable()
export class CounterMetrics {
  readonly countersWanted;
  readonly interestRequests;
  readonly interestRefused;
  readonly pushes;
  readonly values;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.countersWanted = metrics.gauge({
      name: 'gateway_counters_wanted',
      help: 'Counters that pushes are asked for.',
    });
    this.interestRequests = metrics.counter({
      name: 'gateway_interest_requests_total',
      help: 'Requests that told the home what is wanted, by kind and outcome.',
      labelNames: ['kind', 'outcome'],
    });
    this.interestRefused = metrics.counter({
      name: 'gateway_interest_refused_total',
      help: 'Counters, pages and users that the home had no room for (WATCHED_PER_GATEWAY_MAX), each time that they were asked for.',
    });
    this.pushes = metrics.counter({
      name: 'gateway_pushes_total',
      help: 'Pushes taken, by whether a hole lay before them.',
      labelNames: ['hole'],
    });
    this.values = metrics.counter({
      name: 'gateway_values_total',
      help: 'Values received, by what became of them.',
      labelNames: ['taken'],
    });
  }
}
