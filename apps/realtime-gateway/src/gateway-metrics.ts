import { Metrics } from '@headcount/platform';
import { DROP_REASONS } from '@headcount/protocol';

/** Everything that the gateway counts, in one place, so that names and labels can be read off. */
export class GatewayMetrics {
  readonly sockets;
  readonly socketsOpened;
  readonly socketsRefused;
  readonly socketsClosed;
  readonly sessions;
  readonly pages;
  readonly deliveries;
  readonly syncs;
  readonly syncSeconds;
  readonly homes;
  readonly datagramsSent;
  readonly datagramsUnanswered;
  readonly datagramsDropped;
  readonly datagramsWork;
  readonly posts;
  readonly unsettledBuckets;
  readonly impossibleStatements;
  readonly countersWanted;
  readonly interestRequests;
  readonly pushes;
  readonly values;

  constructor(metrics: Metrics) {
    this.sockets = metrics.gauge({ name: 'gateway_sockets', help: 'Open WebSockets.' });
    this.socketsOpened = metrics.counter({
      name: 'gateway_sockets_opened_total',
      help: 'WebSockets opened.',
    });
    this.socketsRefused = metrics.counter({
      name: 'gateway_sockets_refused_total',
      help: 'Sockets refused or sent away at once, by the code of the error catalogue.',
      labelNames: ['code'],
    });
    this.socketsClosed = metrics.counter({
      name: 'gateway_sockets_closed_total',
      help: 'WebSockets closed, by close code; 1006 is an end without one.',
      labelNames: ['code'],
    });
    this.sessions = metrics.gauge({
      name: 'gateway_sessions',
      help: 'Live subscriptions that make their viewer present.',
    });
    this.pages = metrics.gauge({ name: 'gateway_pages', help: 'Pages with at least one session.' });
    this.deliveries = metrics.counter({
      name: 'gateway_deliveries_total',
      help: 'Values handed to subscriptions.',
    });
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
    this.datagramsSent = metrics.counter({
      name: 'gateway_datagrams_sent_total',
      help: 'Datagrams sent to counter-api.',
    });
    this.datagramsUnanswered = metrics.counter({
      name: 'gateway_datagrams_unanswered_total',
      help: 'Datagrams that were not answered in time.',
    });
    this.datagramsDropped = metrics.counter({
      name: 'datagrams_dropped_total',
      help: 'Received datagrams that were dropped, by reason.',
      labelNames: ['reason'],
    });
    for (const reason of DROP_REASONS) this.datagramsDropped.inc({ reason }, 0);
    this.datagramsWork = metrics.gauge({
      name: 'gateway_datagrams_work',
      help: '1 while datagrams to counter-api are answered, 0 while changes travel by HTTP alone.',
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
    this.countersWanted = metrics.gauge({
      name: 'gateway_counters_wanted',
      help: 'Counters that pushes are asked for.',
    });
    this.interestRequests = metrics.counter({
      name: 'gateway_interest_requests_total',
      help: 'Requests that told the home what is wanted, by kind and outcome.',
      labelNames: ['kind', 'outcome'],
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
