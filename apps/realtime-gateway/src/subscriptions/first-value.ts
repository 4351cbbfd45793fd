import type { CounterValue } from '@headcount/protocol';

/** How long a new viewer waits for a count that includes it, in milliseconds. */
export const FIRST_VALUE_MS = 1000;

/**
 * Holds back what a new viewer would see as wrong: counts from before its own arrival had gone the
 * long way round through Redis, such as a 0 although it is there itself. The first count of at
 * least `leastCount` opens it for good; `giveUp` opens it in any case, for a page's plain counter
 * may lower the count.
 */
export class FirstValue {
  private latest: CounterValue | null = null;
  private open = false;

  constructor(
    private readonly leastCount: number,
    private readonly show: (value: CounterValue) => void,
  ) {}

  offer(value: CounterValue): void {
    this.latest = value;
    if (value.count >= this.leastCount) this.open = true;
    if (this.open) this.show(value);
  }

  /** Waiting has taken long enough: from now on whatever is known is shown. */
  giveUp(): void {
    if (this.open) return;
    this.open = true;
    if (this.latest !== null) this.show(this.latest);
  }
}
