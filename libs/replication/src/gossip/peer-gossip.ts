/**
 * Pulls from one peer, round after round: a digest tells which buckets have come further there, and those that this
 * counter-api owns are asked for until they are level with it. One request at a time, each of them bounded
 * (docs/protocol.md §8), so a slow or talkative peer costs neither memory nor the others' turn.
 */
import type { BucketPart, RegionStore } from '@headcount/counter-store';
import { DIGEST_POSITIONS_MAX, type DigestAnswer } from '@headcount/protocol';
import { PeerPositions } from './peer-positions.js';
import type { LinkFailure, PeerLink } from './peer-link.js';
import { allEnded } from './side-by-side.js';
import { Stop } from './stop.js';
import type { Standings } from './standings.js';
import type { GossipTimers } from './timers.js';

export interface PeerGossipOptions {
  /** The own region, and the peer's. */
  readonly region: string;
  readonly peer: string;
  readonly buckets: number;
  readonly link: PeerLink;
  readonly store: RegionStore;
  readonly standings: Standings;
  readonly owns: (bucket: number) => boolean;
  /** Regions out of service, to tell the peer. */
  readonly retired: () => readonly string[];
  readonly heard: (answer: DigestAnswer) => Promise<void>;
  /** How long a digest waits for news. */
  readonly waitMs: number;
  /** Shortest time between two rounds: changes within it travel together. */
  readonly tickMs: number;
  readonly timers: GossipTimers;
  readonly onFailure: (failure: LinkFailure) => void;
  readonly onParts: (parts: number) => void;
}

/** Longest wait after failures, in milliseconds: a peer that comes back is heard of soon. */
const BACKOFF_MS_MAX = 2000;
const BACKOFF_MS = 50;

export class PeerGossip {
  private readonly positions: PeerPositions;
  private after: readonly [instance: string, clock: number] | null = null;
  private readonly stopping = new Stop();
  private running: Promise<void> | null = null;
  private pullFailed = false;
  /** Regions that are not stale by the peer's account, as of the last digest. */
  fresh: ReadonlySet<string> = new Set();
  /** When the last digest that succeeded was asked for; null: none has. */
  digestAtMs: number | null = null;
  /** When the last digest was asked for with which everything owned has been pulled since. */
  levelAtMs: number | null = null;

  constructor(private readonly options: PeerGossipOptions) {
    this.positions = new PeerPositions(options.peer, options.standings);
  }

  get peer(): string {
    return this.options.peer;
  }

  /** Buckets owned here of which the peer is known to have more. */
  get behind(): number {
    return this.positions.behind(this.options.owns).length;
  }

  /** Whether all is here that a digest asked for after `sinceMs` told of this bucket. */
  isLevel(bucket: number, sinceMs: number): boolean {
    return (
      this.digestAtMs !== null && this.digestAtMs > sinceMs && !this.positions.isBehind(bucket)
    );
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.stopping.now();
    await this.running;
  }

  private async run(): Promise<void> {
    const { tickMs, timers } = this.options;
    let failures = 0;
    while (!this.stopping.isPulled) {
      failures = (await this.roundOrFailure()) ? 0 : failures + 1;
      const backoffMs = Math.min(BACKOFF_MS * 2 ** failures, BACKOFF_MS_MAX);
      const pauseMs = failures === 0 ? tickMs : backoffMs * (0.5 + timers.random() / 2);
      await this.stopping.orSleep(timers.sleep(pauseMs));
    }
  }

  private async roundOrFailure(): Promise<boolean> {
    try {
      return await this.round();
    } catch (cause) {
      // The own Redis is away: the peer's answer is asked for again.
      const detail = cause instanceof Error ? cause.message : String(cause);
      this.options.onFailure({ code: 'STORE_UNAVAILABLE', detail });
      return false;
    }
  }

  /** One digest, and what it told pulled. False where something failed. */
  async round(): Promise<boolean> {
    const { link, region, peer, buckets, retired, waitMs, timers, heard, standings } = this.options;
    const askedMs = timers.nowMs();
    const answer = await link.digest({
      region,
      buckets,
      retired: retired(),
      after: this.after,
      waitMs: this.behind > 0 ? 0 : waitMs,
    });
    if (!answer.ok) return this.failed(answer.error);
    const { instance, clock, fresh, positions } = answer.value;
    if (answer.value.region !== peer) {
      return this.failed({ code: 'WRONG_REGION', detail: `it is ${answer.value.region}` });
    }
    this.positions.note(positions);
    this.after = [instance, clock];
    this.fresh = new Set(fresh);
    // A full answer is not all there is to tell.
    const isWhole = positions.length < DIGEST_POSITIONS_MAX;
    if (isWhole) this.digestAtMs = askedMs;
    // A peer that tells what it has and does not give it is as good as silent: counts would stand still unnoticed.
    await heard(this.pullFailed ? { ...answer.value, heartbeats: [] } : answer.value);
    this.pullFailed = !(await this.pullUntil(askedMs + waitMs));
    if (this.pullFailed) return false;
    if (isWhole && standings.isComplete && this.behind === 0) this.levelAtMs = askedMs;
    return true;
  }

  /**
   * Pulls until everything owned is level with the last digest, or the time has come for the next one: heartbeats must
   * not wait for the end of a long whole state. False where something failed.
   */
  private async pullUntil(endMs: number): Promise<boolean> {
    const { link, region, owns, timers } = this.options;
    for (;;) {
      const asks = this.positions.asks(owns);
      if (asks.length === 0 || this.stopping.isPulled) return true;
      const answer = await link.pull({ region, asks });
      if (!answer.ok) return this.failed(answer.error);
      const { parts } = answer.value;
      if (parts.length === 0)
        return this.failed({ code: 'BAD_ANSWER', detail: 'no part was sent' });
      await this.takeAll(parts);
      if (timers.nowMs() >= endMs) return true;
    }
  }

  /** Parts of one bucket in their order, buckets side by side. Rejects with ioredis' errors when all have ended. */
  private async takeAll(parts: readonly BucketPart[]): Promise<void> {
    const byBucket = new Map<number, BucketPart[]>();
    for (const part of parts) {
      const all = byBucket.get(part.bucket);
      if (all) all.push(part);
      else byBucket.set(part.bucket, [part]);
    }
    // Whoever is left under way takes its next part under what the next round asks from.
    await allEnded([...byBucket.values()].map((all) => this.take(all)));
    this.options.onParts(parts.length);
  }

  private async take(parts: readonly BucketPart[]): Promise<void> {
    const { store, standings, peer } = this.options;
    for (const part of parts) {
      const merged = await store.merge(peer, part, this.positions.askedUnder(part.bucket));
      standings.merged(part.bucket, peer, merged);
      if (merged.verdict === 'need') {
        // Another owner was faster, or the own Redis has forgotten: what it says is where to go on.
        this.positions.restart(part.bucket);
        await standings.read(part.bucket);
        return;
      }
      this.positions.taken(part);
    }
  }

  private failed(failure: LinkFailure): false {
    this.options.onFailure(failure);
    return false;
  }
}
