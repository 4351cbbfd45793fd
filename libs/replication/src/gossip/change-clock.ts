/**
 * Which buckets changed after a given moment, for peers that ask. The moments are counted by this process alone, so a
 * peer that has spoken to another one before starts from the beginning.
 *
 * K1  a bucket that changed after clock c is among `since(c)`: noting moves it behind all others.
 */
import { compareRev, type RevVersion } from '@headcount/crdt';
import type { GossipTimers } from './timers.js';

/** A bucket and where it stands. */
export type BucketPosition = readonly [bucket: number, incarnation: string, rev: number];

interface Noted extends RevVersion {
  readonly clock: number;
}

export class ChangeClock {
  /** In rising clock: a bucket that changes is put to the end. */
  private readonly noted = new Map<number, Noted>();
  private clock = 0;
  private waiting: (() => void)[] = [];

  /** The bucket stands at `at`; what is not later than known is no news. */
  note(bucket: number, { incarnation, rev }: RevVersion): void {
    const known = this.noted.get(bucket);
    if (incarnation === '' || (known && compareRev({ incarnation, rev }, known) <= 0)) return;
    this.clock += 1;
    this.noted.delete(bucket);
    this.noted.set(bucket, { incarnation, rev, clock: this.clock });
    this.wake();
  }

  /** Whoever waits for news waits no longer. */
  wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** Up to `max` buckets that changed after `clock`, those that did so first, and the clock of the last of them. */
  since(clock: number, max: number): { clock: number; positions: BucketPosition[] } {
    const positions: BucketPosition[] = [];
    let reached = this.clock;
    for (const [bucket, { incarnation, rev, clock: at }] of this.noted) {
      if (at <= clock) continue;
      if (positions.length === max) break;
      positions.push([bucket, incarnation, rev]);
      reached = at;
    }
    return { clock: positions.length === 0 ? this.clock : reached, positions };
  }

  /** Resolves when something has changed after `clock`, and after `ms` in any case. */
  async beyond(clock: number, ms: number, { sleep }: GossipTimers): Promise<void> {
    if (this.clock > clock || ms <= 0) return;
    let wake: () => void = () => undefined;
    const changed = new Promise<void>((done) => (wake = done));
    this.waiting.push(wake);
    await Promise.race([changed, sleep(ms)]);
    this.waiting = this.waiting.filter((one) => one !== wake);
  }
}
