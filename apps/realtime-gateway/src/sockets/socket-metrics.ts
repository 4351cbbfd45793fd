import { Inject, Injectable } from '@nestjs/common';
import { Metrics } from '@headcount/platform';

/** What is counted of the WebSockets of this gateway. */
@Injectable()
export class SocketMetrics {
  readonly open;
  readonly opened;
  readonly refused;
  readonly closed;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.open = metrics.gauge({ name: 'gateway_sockets', help: 'Open WebSockets.' });
    this.opened = metrics.counter({
      name: 'gateway_sockets_opened_total',
      help: 'WebSockets opened.',
    });
    this.refused = metrics.counter({
      name: 'gateway_sockets_refused_total',
      help: 'Sockets refused or sent away at once, by the code of the error catalogue.',
      labelNames: ['code'],
    });
    this.closed = metrics.counter({
      name: 'gateway_sockets_closed_total',
      help: 'WebSockets closed, by close code; 1006 is an end without one, other a code that clients make up.',
      labelNames: ['code'],
    });
  }
}
