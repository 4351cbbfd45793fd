import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';
import { DROP_REASONS } from '@headcount/protocol';

/** What is counted of datagrams, sent and received. */
@Injectable()
export class DatagramMetrics {
  readonly sent;
  readonly unanswered;
  readonly dropped;
  readonly work;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.sent = metrics.counter({
      name: 'gateway_datagrams_sent_total',
      help: 'Datagrams sent to counter-api.',
    });
    this.unanswered = metrics.counter({
      name: 'gateway_datagrams_unanswered_total',
      help: 'Datagrams that were not answered in time.',
    });
    this.dropped = metrics.counter({
      name: 'datagrams_dropped_total',
      help: 'Received datagrams that were dropped, by reason.',
      labelNames: ['reason'],
    });
    for (const reason of DROP_REASONS) this.dropped.inc({ reason }, 0);
    this.work = metrics.gauge({
      name: 'gateway_datagrams_work',
      help: '1 while datagrams to counter-api are answered, 0 while changes travel by HTTP alone.',
    });
  }
}
