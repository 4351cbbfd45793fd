import type { Clock } from '@headcount/platform';

/** What a throttle stands before. */
export interface Throttled<T> {
  /** The pause after what has been given last, in milliseconds. Asked anew each time, with the time that it is. */
  pauseMs(nowMs: number): number;
  give(value: T): void;
}

/**
 * Lets the newest value through: the first at once, then at most one a pause. What comes in between is replaced by what
 * comes after it.
 */
export class Throttle<T> {
  private waiting: { readonly value: T } | null = null;
  private timer: NodeJS.Timeout | null = null;
  private givenMs = -Infinity;

  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly behind: Throttled<T>,
  ) {}

  offer(value: T): void {
    if (this.timer !== null) {
      this.waiting = { value };
      return;
    }
    const nowMs = this.clock.monotonicMs();
    const leftMs = this.givenMs + this.behind.pauseMs(nowMs) - nowMs;
    if (leftMs <= 0) return this.pass(value, nowMs);
    this.waiting = { value };
    this.timer = setTimeout(() => this.passWaiting(), Math.ceil(leftMs));
  }

  /** Lets nothing through any more. */
  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.waiting = null;
  }

  private passWaiting(): void {
    this.timer = null;
    const { waiting } = this;
    this.waiting = null;
    if (waiting !== null) this.pass(waiting.value, this.clock.monotonicMs());
  }

  private pass(value: T, nowMs: number): void {
    this.givenMs = nowMs;
    this.behind.give(value);
  }
}
