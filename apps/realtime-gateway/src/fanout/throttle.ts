import type { Clock } from '@headcount/platform';

/**
 * Lets the newest value through: the first at once, then at most one a pause. What comes in between is replaced by what
 * comes after it.
 */
export class Throttle<T> {
  private waiting: { readonly value: T } | null = null;
  private timer: NodeJS.Timeout | null = null;
  private givenMs = -Infinity;

  /** `pauseMs` is asked anew each time, for it may change. */
  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly pauseMs: () => number,
    private readonly give: (value: T) => void,
  ) {}

  offer(value: T): void {
    this.waiting = { value };
    if (this.timer !== null) return;
    const leftMs = this.givenMs + this.pauseMs() - this.clock.monotonicMs();
    if (leftMs <= 0) this.pass();
    else this.timer = setTimeout(() => this.pass(), Math.ceil(leftMs));
  }

  /** Lets nothing through any more. */
  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.waiting = null;
  }

  private pass(): void {
    this.timer = null;
    const { waiting } = this;
    if (waiting === null) return;
    this.waiting = null;
    this.givenMs = this.clock.monotonicMs();
    this.give(waiting.value);
  }
}
