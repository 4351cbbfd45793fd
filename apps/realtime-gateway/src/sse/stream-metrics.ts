import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of the event streams of this gateway. */
@Injectable()
export class StreamMetrics {
  readonly open;
  readonly opened;
  readonly refused;
  readonly stuck;
  readonly vanished;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.open = metrics.gauge({ name: 'gateway_streams', help: 'Open event streams.' });
    this.opened = metrics.counter({
      name: 'gateway_streams_opened_total',
      help: 'Event streams opened.',
    });
    this.refused = metrics.counter({
      name: 'gateway_streams_refused_total',
      help: 'Event streams refused for want of room or because of a stop, by code.',
      labelNames: ['code'],
    });
    this.stuck = metrics.counter({
      name: 'gateway_streams_stuck_total',
      help: 'Event streams ended because their reader took nothing in for too long.',
    });
    this.vanished = metrics.counter({
      name: 'gateway_streams_vanished_total',
      help: 'Event streams ended because nothing of what was sent arrived any more.',
    });
  }
}
