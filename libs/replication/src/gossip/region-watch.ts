/**
 * Which regions are stale: decided once a region by the owner of bucket 0, by observation as for gateways
 * (DESIGN.md §6), and put into the buckets by their owners. A stale region's viewers are left out of every count.
 *
 * S1  a region becomes stale in a bucket as soon as it is stale, and fresh there only once the bucket has all that the
 *     region, or whoever still hears it, had when it was heard again.
 */
import type { RegionRegistry, RegionStatus, RegionStore } from '@headcount/counter-store';
import { NEVER_LOOKED, observe, type Heartbeat, type Liveness } from '../liveness.js';
import type { PeerGossip } from './peer-gossip.js';
import { onEachBucket } from './side-by-side.js';
import type { Standings } from './standings.js';

export interface RegionWatchOptions {
  readonly region: string;
  readonly buckets: number;
  readonly peers: () => readonly PeerGossip[];
  readonly registry: RegionRegistry;
  readonly store: Pick<RegionStore, 'setStale' | 'dropRegion'>;
  readonly standings: Standings;
  readonly owns: (bucket: number) => boolean;
  readonly periodMs: number;
  readonly nowMs: () => number;
  /** For what is told to people; milliseconds since 1970. */
  readonly wallMs: () => number;
}

/** Covers whatever a retired region may have said (region-drop.lua). */
const LAST = 'f'.repeat(20);

export class RegionWatch {
  private liveness: Liveness = NEVER_LOOKED;
  private last: ReadonlyMap<string, Heartbeat> = new Map();
  private known: ReadonlyMap<string, RegionStatus> = new Map();
  private out: ReadonlySet<string> = new Set();
  /** When each region was last seen to be stale, on this process' clock. */
  private readonly staleAtMs = new Map<string, number>();

  constructor(private readonly options: RegionWatchOptions) {}

  /** Every region as of the last look. */
  get regions(): ReadonlyMap<string, RegionStatus> {
    return this.known;
  }

  get retired(): ReadonlySet<string> {
    return this.out;
  }

  heartbeats(): (readonly [region: string, heartbeat: number])[] {
    return [...this.known].map(([region, { heartbeat }]) => [region, heartbeat] as const);
  }

  /** Regions that are in service and not stale, in no bucket either: what is here of them may be passed on as new. */
  fresh(): string[] {
    const stillStale = this.options.standings.staleSomewhere();
    return [...this.known]
      .filter(([region, { stale }]) => !stale && !stillStale.has(region) && !this.out.has(region))
      .map(([region]) => region);
  }

  /** What a peer has heard; only what is news here is written. */
  async hear(
    heartbeats: readonly (readonly [region: string, heartbeat: number])[],
    retired: readonly string[],
    by: string,
  ): Promise<void> {
    const { region, registry, wallMs } = this.options;
    const news = heartbeats.filter(
      ([name, heartbeat]) => heartbeat > (this.known.get(name)?.heartbeat ?? 0),
    );
    if (news.length > 0) {
      await registry.hear(news);
      const known = new Map(this.known);
      for (const [name, heartbeat] of news) {
        known.set(name, { stale: false, ...known.get(name), heartbeat, heardAtMs: wallMs() });
      }
      this.known = known;
    }
    for (const name of retired) {
      // This region takes no part in its own retirement: it goes on for its own visitors, and peers refuse it.
      if (name === region || this.out.has(name)) continue;
      await registry.retire({ region: name, atMs: wallMs(), by });
    }
  }

  /** One look. Rejects with ioredis' errors, and then proves nothing of anyone. */
  async look(): Promise<void> {
    try {
      await this.lookOnce();
    } catch (cause) {
      this.liveness = NEVER_LOOKED;
      throw cause;
    }
    await this.apply();
  }

  private async lookOnce(): Promise<void> {
    const { region, registry, periodMs, nowMs, owns, peers } = this.options;
    await registry.beat(region);
    const [known, retired] = await Promise.all([registry.look(), registry.retired()]);
    this.known = known;
    const before = this.out;
    this.out = new Set([...before, ...retired.map(({ region: name }) => name)]);
    // What was retired stays so, though this Redis has forgotten it.
    const atMs = this.options.wallMs();
    for (const name of before) {
      if (retired.every((one) => one.region !== name))
        await registry.retire({ region: name, atMs, by: region });
    }
    const heartbeats = new Map<string, Heartbeat>(peers().map(({ peer }) => [peer, null]));
    for (const [name, { heartbeat }] of known)
      heartbeats.set(name, heartbeat === 0 ? null : heartbeat);
    const { after, dead } = observe(this.liveness, { atMs: nowMs(), heartbeats }, periodMs);
    const lastSeen = this.last;
    [this.liveness, this.last] = [after, heartbeats];
    if (owns(0)) await this.decide(heartbeats, lastSeen, dead);
    for (const [name, { stale }] of this.known) if (stale) this.staleAtMs.set(name, nowMs());
  }

  /** Dead: stale. Moved since the last look of this very process: heard. Else it stays what it is. */
  private async decide(
    heartbeats: ReadonlyMap<string, Heartbeat>,
    before: ReadonlyMap<string, Heartbeat>,
    dead: ReadonlyMap<string, Heartbeat>,
  ): Promise<void> {
    const { region, registry } = this.options;
    for (const [name, heartbeat] of heartbeats) {
      if (name === region || this.out.has(name)) continue;
      const isStale = this.known.get(name)?.stale ?? false;
      const moved = before.has(name) && before.get(name) !== heartbeat;
      const becomes = dead.has(name) ? true : moved ? false : isStale;
      if (becomes === isStale) continue;
      await registry.setStale(name, becomes);
      const status = this.known.get(name) ?? { heartbeat: 0, heardAtMs: 0 };
      this.known = new Map(this.known).set(name, { ...status, stale: becomes });
    }
  }

  /** Puts what was decided into the buckets owned here. */
  private apply(): Promise<void> {
    const { buckets, owns } = this.options;
    return onEachBucket(buckets, async (bucket) => {
      if (owns(bucket)) await this.applyTo(bucket);
    });
  }

  private async applyTo(bucket: number): Promise<void> {
    const { store, standings } = this.options;
    const standing = standings.get(bucket);
    if (!standing) return;
    const wanted = this.staleIn(bucket, standing.stale);
    if (wanted.join() !== [...standing.stale].sort().join()) {
      await store.setStale(bucket, wanted);
      standings.staleSet(bucket, wanted);
    }
    for (const region of this.out) {
      const isDropped = standing.vector.some(
        ([name, incarnation]) => name === region && incarnation === LAST,
      );
      if (isDropped) continue;
      await store.dropRegion(bucket, region);
      await standings.read(bucket);
    }
  }

  /** Sorted. */
  private staleIn(bucket: number, now: readonly string[]): string[] {
    const stale = new Set<string>();
    // One that the register has forgotten may still be left out here, and has not been heard of since.
    for (const region of new Set([...this.known.keys(), ...now])) {
      if (this.out.has(region) || region === this.options.region) continue;
      const isDecided = this.known.get(region)?.stale === true;
      if (isDecided || (now.includes(region) && !this.isLevel(bucket, region))) stale.add(region);
    }
    return [...stale].sort();
  }

  /** S1: whether the bucket has what the region had when it was heard again. */
  private isLevel(bucket: number, region: string): boolean {
    const sinceMs = this.staleAtMs.get(region) ?? -Infinity;
    const peers = this.options.peers();
    const itself = peers.find(({ peer }) => peer === region);
    if (itself?.isLevel(bucket, sinceMs)) return true;
    // It cannot be asked itself by now: whoever hears it passes on what it says.
    if (itself && itself.digestAtMs !== null && itself.digestAtMs > sinceMs) return false;
    return peers.some(
      (other) => other !== itself && other.fresh.has(region) && other.isLevel(bucket, sinceMs),
    );
  }
}
