/** All of a counter-api's gossip: its peers, its own buckets' standings, and who is stale. */
import type { RegionRegistry, RegionStore } from '@headcount/counter-store';
import { DIGEST_WAIT_MS_MAX } from '@headcount/protocol';
import { ChangeClock } from './change-clock.js';
import { ownerOf } from './ownership.js';
import { PeerGossip } from './peer-gossip.js';
import type { LinkFailure, PeerLink } from './peer-link.js';
import { RegionAnswers } from './region-answers.js';
import { RegionWatch } from './region-watch.js';
import { Stop } from './stop.js';
import { Standings } from './standings.js';
import type { GossipTimers } from './timers.js';

export interface GossipOptions {
  readonly region: string;
  readonly instance: string;
  readonly buckets: number;
  /** Peer region -> the way to it. */
  readonly links: ReadonlyMap<string, PeerLink>;
  readonly store: RegionStore;
  readonly registry: RegionRegistry;
  /** The counter-apis of this region that are alive; this one counts itself in any case. */
  readonly liveInstances: () => Iterable<string>;
  /** Between two looks at the regions, and how long a digest waits if a peer grants as much. */
  readonly periodMs: number;
  /** Shortest time between two rounds with one peer. */
  readonly tickMs: number;
  readonly timers: GossipTimers;
  readonly wallMs: () => number;
  readonly onFailure: (peer: string, failure: LinkFailure) => void;
  readonly onParts: (peer: string, parts: number) => void;
}

/** Own buckets are read again this often, in periods: a hint that was lost costs no more. */
const REREAD_PERIODS = 2;

export class Gossip {
  readonly clock = new ChangeClock();
  readonly standings: Standings;
  readonly peers: readonly PeerGossip[];
  readonly watch: RegionWatch;
  readonly answers: RegionAnswers;
  private readonly stopping = new Stop();
  private shares = { of: '', owned: new Map<number, boolean>() };
  private loops: Promise<unknown>[] = [];

  constructor(private readonly options: GossipOptions) {
    const { links, region, instance, buckets, store, registry, timers, periodMs, wallMs } = options;
    this.standings = new Standings(store, buckets, this.clock);
    const owns = (bucket: number): boolean => this.owns(bucket);
    this.watch = new RegionWatch({
      ...{ region, buckets, registry, store, owns, periodMs, wallMs },
      standings: this.standings,
      peers: () => this.peers,
      nowMs: timers.nowMs,
    });
    this.peers = [...links].map(
      ([peer, link]) =>
        new PeerGossip({
          ...{ region, peer, buckets, link, store, owns, timers },
          standings: this.standings,
          retired: () => [...this.watch.retired],
          heard: ({ heartbeats, retired }) => this.watch.hear(heartbeats, retired, peer),
          waitMs: Math.min(periodMs, DIGEST_WAIT_MS_MAX),
          tickMs: options.tickMs,
          onFailure: (failure) => options.onFailure(peer, failure),
          onParts: (parts) => options.onParts(peer, parts),
        }),
    );
    const { clock, watch, standings } = this;
    this.answers = new RegionAnswers({
      ...{ region, instance, buckets, clock, watch, standings, store, timers },
      peers: new Set(links.keys()),
    });
  }

  /** Begins; what fails at first is tried again. */
  start(): void {
    this.loops = [this.rereadLoop(), this.lookLoop()];
    for (const peer of this.peers) peer.start();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.stopping.now();
    this.clock.wake();
    await Promise.all([...this.peers.map((peer) => peer.stop()), ...this.loops]);
  }

  private owns(bucket: number): boolean {
    const { instance, liveInstances } = this.options;
    const live = [...new Set([instance, ...liveInstances()])].sort();
    if (this.shares.of !== live.join()) this.shares = { of: live.join(), owned: new Map() };
    let isOwn = this.shares.owned.get(bucket);
    if (isOwn === undefined) {
      isOwn = ownerOf(bucket, live) === instance;
      this.shares.owned.set(bucket, isOwn);
    }
    return isOwn;
  }

  private rereadLoop(): Promise<void> {
    return this.loop(REREAD_PERIODS, () => this.standings.readAll());
  }

  private lookLoop(): Promise<void> {
    return this.loop(1, () => this.watch.look());
  }

  private async loop(periods: number, once: () => Promise<void>): Promise<void> {
    const { timers, periodMs, region, onFailure } = this.options;
    while (!this.stopping.isPulled) {
      await once().catch((cause: unknown) => {
        const detail = cause instanceof Error ? cause.message : String(cause);
        onFailure(region, { code: 'STORE_UNAVAILABLE', detail });
      });
      await this.stopping.orSleep(timers.sleep(periods * periodMs));
    }
  }
}
