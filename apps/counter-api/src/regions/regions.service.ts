import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { decodeHead } from '@headcount/counter-store';
import {
  available,
  CLOCK,
  CONFIG,
  INSTANCE,
  Metrics,
  RANDOM,
  within,
  type Clock,
  type Instance,
  type Random,
} from '@headcount/platform';
import {
  HeadcountError,
  type DigestAnswer,
  type DigestRequest,
  type PullAnswer,
  type PullRequest,
  orThrow,
} from '@headcount/protocol';
import { Gossip, type LinkFailure } from '@headcount/replication';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { LookerService } from '../upkeep/looker.service.js';
import { PEER_CLIENTS, type PeerClient, type PeerClients } from './peer-clients.js';
import { regionMetrics, type RegionMetrics } from './region-metrics.js';

/** Timeout of a stop for a Redis that does not answer, in milliseconds. */
const STOP_MS_MAX = 250;

/** Where the service takes time, names and ways from. */
@Injectable()
export class RegionsSources {
  constructor(
    @Inject(INSTANCE) readonly instance: Instance,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(RANDOM) readonly random: Random,
    @Inject(PEER_CLIENTS) readonly clients: PeerClients,
    @Inject(Metrics) readonly metrics: Metrics,
  ) {}
}

/** Keeps the gossip with other regions running; without PEERS there is none, and it costs nothing. */
@Injectable()
export class RegionsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Null where this region has no peers. */
  readonly gossip: Gossip | null;
  private readonly logger = new Logger(RegionsService.name);
  private readonly links: ReadonlyMap<string, PeerClient>;
  private readonly metrics: RegionMetrics | null;
  /** Peers whose last round failed: told once, not at each round. */
  private readonly failing = new Set<string>();

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(LookerService) private readonly looker: LookerService,
    @Inject(RegionsSources) private readonly sources: RegionsSources,
  ) {
    const { clients, metrics } = sources;
    this.links = new Map([...(config.PEERS ?? [])].map(([name, url]) => [name, clients.open(url)]));
    this.gossip = this.links.size === 0 ? null : this.newGossip();
    this.metrics = this.gossip && regionMetrics(metrics, this.gossip, sources.clock);
  }

  onApplicationBootstrap(): void {
    const { gossip } = this;
    const { listener } = this.store;
    if (!gossip || !listener) return;
    listener.on('pmessage', (_pattern: string, channel: string, message: string) => {
      const head = decodeHead(channel, message);
      gossip.standings.published(head.bucket, head);
    });
    gossip.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const stopped = this.gossip?.stop();
    // After the loops were told to stop, else they would ask again.
    await Promise.all([...this.links.values()].map((link) => link.abort()));
    if (stopped) await within(STOP_MS_MAX, stopped);
  }

  /** The way to a peer. */
  peer(name: string): PeerClient | undefined {
    return this.links.get(name);
  }

  /** Peers that are in service, and not known to be silent. */
  livePeers(): readonly string[] {
    const { regions, retired } = this.gossip?.watch ?? {};
    return [...this.links.keys()].filter(
      (name) => !retired?.has(name) && regions?.get(name)?.stale !== true,
    );
  }

  /** What has changed here, for a peer. */
  async digest(request: DigestRequest): Promise<DigestAnswer> {
    return orThrow(await available(this.answering().digest(request)));
  }

  /** What a peer lacks. */
  async pull(request: PullRequest): Promise<PullAnswer> {
    return orThrow(await available(this.answering().pull(request)));
  }

  private answering() {
    if (!this.gossip) throw new HeadcountError('UNKNOWN_REGION', 'This region has no PEERS.');
    return this.gossip.answers;
  }

  private newGossip(): Gossip {
    const { config, store, sources, looker } = this;
    return new Gossip({
      region: config.REGION,
      instance: sources.instance.id,
      buckets: config.BUCKETS,
      links: this.links,
      store: store.regions,
      registry: store.regionRegistry,
      liveInstances: () => looker.living,
      periodMs: config.SYNC_INTERVAL_MS,
      tickMs: config.TICK_MS,
      timers: {
        nowMs: () => sources.clock.monotonicMs(),
        sleep: (ms) => new Promise((done) => setTimeout(done, ms).unref()),
        random: sources.random,
      },
      wallMs: () => sources.clock.nowMs(),
      onFailure: (peer, failure) => this.failed(peer, failure),
      onParts: (peer, parts) => this.pulled(peer, parts),
    });
  }

  private failed(peer: string, failure: LinkFailure): void {
    this.metrics?.failures.inc({ peer, code: failure.code });
    if (this.failing.has(peer)) return;
    this.failing.add(peer);
    this.logger.warn({ peer, ...failure }, 'a region cannot be pulled from');
  }

  private pulled(peer: string, parts: number): void {
    this.metrics?.parts.inc({ peer }, parts);
    if (this.failing.delete(peer)) this.logger.log({ peer }, 'a region is pulled from again');
  }
}
