/** The parts of one region's gossip, turned by hand: its store in memory, scripted peers, a clock that stands still. */
import { Incarnations, ModelRegionStore, shown } from '@headcount/counter-store/testing';
import { VirtualClock } from '@headcount/testing';
import { ChangeClock } from '../change-clock.js';
import { PeerGossip } from '../peer-gossip.js';
import { RegionAnswers } from '../region-answers.js';
import { RegionWatch } from '../region-watch.js';
import { Standings } from '../standings.js';
import type { GossipTimers } from '../timers.js';
import { MemoryRegionRegistry } from './memory-region-registry.js';
import { ScriptedPeer } from './scripted-peer.js';

export const OWN = 'a';
export const INSTANCE = 'a'.repeat(32);
export const BENCH_PERIOD_MS = 2000;
export const BENCH_TICK_MS = 100;

interface Peer {
  readonly script: ScriptedPeer;
  readonly gossip: PeerGossip;
}

export interface BenchOptions {
  readonly peers?: readonly string[];
  readonly buckets?: number;
  /** Of what the own counter-api looks after. */
  readonly owns?: (bucket: number) => boolean;
}

export class RegionBench {
  readonly time = new VirtualClock(1_000_000);
  readonly clock = new ChangeClock();
  readonly incarnations = new Incarnations();
  readonly store: ModelRegionStore;
  readonly registry: MemoryRegionRegistry;
  readonly standings: Standings;
  readonly watch: RegionWatch;
  readonly answers: RegionAnswers;
  /** `peer code` of each failure told of. */
  readonly failures: string[] = [];
  owns: (bucket: number) => boolean;
  /** From 0 up to 1. */
  random = 0;
  private readonly peers = new Map<string, Peer>();
  private readonly buckets: number;

  constructor({ peers = ['b'], buckets = 1, owns = () => true }: BenchOptions = {}) {
    this.buckets = buckets;
    this.owns = owns;
    this.store = this.storeOf(OWN);
    this.registry = new MemoryRegionRegistry(() => this.store.away, this.time.nowMs);
    this.standings = new Standings(this.store, buckets, this.clock);
    this.watch = this.newWatch();
    for (const name of peers) this.peers.set(name, this.peer(name));
    const { standings, watch, clock, store, timers } = this;
    this.answers = new RegionAnswers({
      ...{ region: OWN, instance: INSTANCE, buckets, clock, watch, standings, store, timers },
      peers: new Set(peers),
    });
  }

  readonly timers: GossipTimers = {
    nowMs: this.time.nowMs,
    sleep: (ms) => new Promise((done) => void this.time.setTimeout(done, ms)),
    random: () => this.random,
  };

  /** A watch that has looked at nothing yet, as of another counter-api of the region. */
  newWatch(): RegionWatch {
    const { registry, store, standings, buckets, time } = this;
    return new RegionWatch({
      ...{ region: OWN, buckets, registry, store, standings, periodMs: BENCH_PERIOD_MS },
      peers: () => [...this.peers.values()].map(({ gossip }) => gossip),
      owns: (bucket) => this.owns(bucket),
      nowMs: time.nowMs,
      wallMs: time.nowMs,
    });
  }

  at(name: string): Peer {
    const peer = this.peers.get(name);
    if (!peer) throw new Error(`no peer ${name}`);
    return peer;
  }

  /** One period later, a look. */
  async look(watch = this.watch): Promise<void> {
    this.time.advance(BENCH_PERIOD_MS);
    await watch.look();
  }

  /** A store of a region that speaks through no peer of this bench, or of one that does. */
  storeOf(name: string): ModelRegionStore {
    return new ModelRegionStore({
      ...{ region: name, buckets: this.buckets, incarnations: this.incarnations },
      onChange: (bucket, incarnation, rev) => {
        if (name === OWN) this.standings.published(bucket, { incarnation, rev });
      },
    });
  }

  /** What bucket 0 shows of `home`: viewers of regions that are not stale. */
  viewers(): number {
    return shown(this.store.peek(0), 'home').viewers;
  }

  private peer(name: string): Peer {
    const script = new ScriptedPeer(this.storeOf(name), this.buckets);
    const { store, standings, buckets, timers } = this;
    const gossip = new PeerGossip({
      ...{ region: OWN, peer: name, buckets, link: script, store, standings, timers },
      owns: (bucket) => this.owns(bucket),
      retired: () => [...this.watch.retired],
      heard: ({ heartbeats, retired }) => this.watch.hear(heartbeats, retired, name),
      waitMs: BENCH_PERIOD_MS,
      tickMs: BENCH_TICK_MS,
      onFailure: ({ code }) => this.failures.push(`${name} ${code}`),
      onParts: () => undefined,
    });
    return { script, gossip };
  }
}

/** Gives `to` all that `from` holds of bucket 0. */
export async function passOn(from: ModelRegionStore, to: ModelRegionStore): Promise<void> {
  let cursor: string | null = null;
  do {
    const { vector, position } = await to.standing(0);
    const part = await from.read({ bucket: 0, incarnation: '', rev: 0, vector, cursor });
    await to.merge(from.region, part, position.incarnation);
    cursor = part.cursor;
  } while (cursor !== null);
}
