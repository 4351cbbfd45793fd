/** Limits that this process counts by itself, in bounded memory: no window of a limit's length ever holds more than the limit. */
import type { Allowance } from '@headcount/counter-store';
import type { Clock } from '../sources.js';

/** Slots of a window. What was taken comes back at most one slot later than it could, never earlier. */
const SLOTS = 12;

/** Most keys of one limit. What one key takes is at most 13 pairs of numbers. */
export const KEYS_MAX = 100_000;

/** How many requests within how many seconds. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What one key has taken: numbers of slots and what was taken in each, oldest first. */
class SlidingWindow {
  private readonly slots: number[] = [];
  private readonly taken: number[] = [];
  private sum = 0;

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
  ) {}

  take(nowMs: number, cost: number): Allowance {
    this.forget(nowMs);
    const free = this.limit - this.sum;
    if (cost > free) {
      const [remaining, resetMs] = [Math.max(free, 0), this.resetMs(nowMs)];
      return { isAllowed: false, remaining, resetMs, retryMs: this.retryMs(nowMs, cost - free) };
    }
    if (cost > 0) this.add(Math.floor(nowMs / this.slotMs), cost);
    const resetMs = this.resetMs(nowMs);
    return { isAllowed: true, remaining: free - cost, resetMs, retryMs: null };
  }

  /** Whether nothing counts any more. */
  isEmpty(nowMs: number): boolean {
    this.forget(nowMs);
    return this.slots.length === 0;
  }

  private get slotMs(): number {
    return this.windowMs / SLOTS;
  }

  private add(slot: number, cost: number): void {
    const last = this.slots.length - 1;
    if (this.slots[last] === slot) this.taken[last] = (this.taken[last] ?? 0) + cost;
    else {
      this.slots.push(slot);
      this.taken.push(cost);
    }
    this.sum += cost;
  }

  /** When the last moment of a slot has left the window. */
  private leavesMs(slot: number): number {
    return (slot + 1) * this.slotMs + this.windowMs;
  }

  private forget(nowMs: number): void {
    for (
      let [slot] = this.slots;
      slot !== undefined && this.leavesMs(slot) <= nowMs;
      [slot] = this.slots
    ) {
      this.slots.shift();
      this.sum -= this.taken.shift() ?? 0;
    }
  }

  private resetMs(nowMs: number): number {
    const last = this.slots.at(-1);
    return last === undefined ? 0 : this.leavesMs(last) - nowMs;
  }

  private retryMs(nowMs: number, missing: number): number | null {
    let freed = 0;
    for (const [at, slot] of this.slots.entries()) {
      freed += this.taken[at] ?? 0;
      if (freed >= missing) return this.leavesMs(slot) - nowMs;
    }
    return null;
  }
}

/**
 * One limit for many keys. Memory: at most `keysMax` keys, some 300 bytes each; keys that hold nothing are dropped as new ones
 * come. When all places are taken, the key that was used least recently is dropped, refused attempts counting as use. So a
 * stranger gets rid of what it has taken only by using `keysMax` other keys meanwhile, each of which has the whole limit to itself:
 * whoever has so many addresses or accounts gains nothing by it.
 */
export class SlidingWindows {
  /** In the order of their last use. */
  private readonly windows = new Map<string, SlidingWindow>();

  constructor(
    private readonly rate: RateLimit,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly keysMax = KEYS_MAX,
  ) {}

  /** Keys that are kept. */
  get size(): number {
    return this.windows.size;
  }

  /** Takes `cost` for a key, all of it or nothing. */
  take(key: string, cost: number): Allowance {
    const nowMs = this.clock.monotonicMs();
    const known = this.windows.get(key);
    if (known === undefined) this.makeRoom(nowMs);
    else this.windows.delete(key);
    const { limit, windowSeconds } = this.rate;
    const window = known ?? new SlidingWindow(limit, windowSeconds * 1000);
    this.windows.set(key, window);
    return window.take(nowMs, cost);
  }

  /** Two that hold nothing go where one comes, so all such are gone in time; of a full map the oldest goes. */
  private makeRoom(nowMs: number): void {
    let dropped = 0;
    for (const [key, window] of this.windows) {
      const isFull = this.windows.size >= this.keysMax;
      if (dropped === 2 || !(isFull || window.isEmpty(nowMs))) return;
      this.windows.delete(key);
      dropped += 1;
    }
  }
}
