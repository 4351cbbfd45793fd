/**
 * Gets rights in bounded counters from other regions: asks those that have some to give, and waits until what they gave has been
 * heard by gossip. One refill of a counter is under way at a time, for all that wait for it.
 *
 * F1  nothing is kept here that would be missed: what is given is in the store of whoever gave it, and may be heard any time.
 */
import type { QuotaRead } from '@headcount/counter-store';
import type { QuotaAnswer } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';

/** What a refill works with. */
export interface RefillParts {
  /** Who has rights, as of what is known here. */
  read(counter: CounterRef): Promise<QuotaRead>;
  /** Asks a peer; null where it could not be asked in time. */
  ask(
    peer: string,
    counter: CounterRef,
    wanted: number,
    timeoutMs: number,
  ): Promise<QuotaAnswer | null>;
  /** Peers that can be asked. */
  peers(): readonly string[];
  /** Told of each refill that has asked somebody. */
  onAsked(given: number): void;
  readonly nowMs: () => number;
  sleep(ms: number): Promise<void>;
}

/** `more`: try again. `none`: whoever can be asked has nothing to give. */
export type Refilled = 'more' | 'none';

/** Between two looks whether what was given is here. */
const LOOK_MS = 20;
/** Before a peer is asked again that has rights and may not use them yet. */
const LATER_MS = 100;
/** Patience with one peer. */
const ASK_MS = 1500;
/** How long is waited to hear that the rest was sold elsewhere, so that this is what is told. */
const NEWS_MS = 1000;

interface Lane {
  /** What all that wait need together. */
  demand: number;
  readonly running: Promise<Refilled>;
}

/** See the head of the file. One a process. */
export class Refills {
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly parts: RefillParts) {}

  /** Resolves when it is worth trying again, at `untilMs` at the latest, and rejects where the own store is away. */
  fill(counter: CounterRef, wanted: number, untilMs: number): Promise<Refilled> {
    const key = `${counter.pageId} ${counter.name}`;
    const lane = this.lanes.get(key);
    if (lane) {
      lane.demand += wanted;
      return lane.running;
    }
    const running = this.run(counter, key, untilMs).finally(() => this.lanes.delete(key));
    this.lanes.set(key, { demand: wanted, running });
    return running;
  }

  private async run(counter: CounterRef, key: string, untilMs: number): Promise<Refilled> {
    // Whoever comes in the same turn is asked for together.
    await this.parts.sleep(0);
    const demand = this.lanes.get(key)?.demand ?? 1;
    const before = await this.parts.read(counter);
    if (!before.isRegained) {
      await this.until(counter, untilMs, ({ isRegained }) => isRegained);
      return 'more';
    }
    const missing = Math.min(demand - before.here, Number.MAX_SAFE_INTEGER);
    if (missing <= 0) return 'more';
    const { given, isLater } = await this.askAll(counter, missing, before, untilMs);
    this.parts.onAsked(given);
    if (given > 0) {
      await this.until(counter, untilMs, ({ received }) => received - before.received >= given);
      return 'more';
    }
    if (isLater) {
      await this.parts.sleep(LATER_MS);
      return 'more';
    }
    const newsMs = Math.min(untilMs, this.parts.nowMs() + NEWS_MS);
    const isNews = await this.until(
      counter,
      newsMs,
      ({ total, received }) => total !== before.total || received !== before.received,
    );
    return isNews ? 'more' : 'none';
  }

  /** Asks whoever is known to have most first, until it is enough: what all gave, and whether one will have something to give. */
  private async askAll(
    counter: CounterRef,
    missing: number,
    { elsewhere }: QuotaRead,
    untilMs: number,
  ): Promise<{ readonly given: number; readonly isLater: boolean }> {
    const known = (peer: string): number => elsewhere.get(peer) ?? 0;
    const peers = [...this.parts.peers()].sort((left, right) => known(right) - known(left));
    let [given, isLater] = [0, false];
    for (const peer of peers) {
      const timeoutMs = Math.min(ASK_MS, untilMs - this.parts.nowMs());
      if (given >= missing || timeoutMs <= 0) break;
      const answer = await this.parts.ask(peer, counter, missing - given, timeoutMs);
      given += answer?.given ?? 0;
      // It has forgotten something, and does not use its rights before it has heard from its peers.
      isLater ||= answer !== null && answer.given === 0 && answer.left > 0;
    }
    return { given, isLater };
  }

  /** Looks until it is so, or until then; whether it was. */
  private async until(
    counter: CounterRef,
    untilMs: number,
    isSo: (quota: QuotaRead) => boolean,
  ): Promise<boolean> {
    for (;;) {
      if (isSo(await this.parts.read(counter))) return true;
      if (this.parts.nowMs() >= untilMs) return false;
      await this.parts.sleep(LOOK_MS);
    }
  }
}
