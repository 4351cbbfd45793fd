import type { Joined } from './source.js';

/** How long a new viewer waits for a count that includes it, in milliseconds. */
export const FIRST_VALUE_MS = 1000;

/**
 * Holds back what a new viewer would see as wrong: counts from before its own arrival had gone the
 * long way round through Redis, such as a 0 although it is there itself. The first event that it is
 * in opens it for good; `giveUp` opens it in any case, for a page's plain counter may lower the
 * count.
 */
export class FirstValue<E> {
  private latest: { readonly event: E } | null = null;
  private open = false;

  constructor(
    private readonly isIn: (event: E) => boolean,
    private readonly show: (event: E) => void,
  ) {}

  offer(event: E): void {
    if (!this.open) {
      this.latest = { event };
      this.open = this.isIn(event);
    }
    if (this.open) this.show(event);
  }

  /** Waiting has taken long enough: from now on whatever is known is shown. */
  giveUp(): void {
    if (this.open) return;
    this.open = true;
    if (this.latest !== null) this.show(this.latest.event);
  }
}

/** What stands between a source and whoever is shown its events. */
export interface Arrival<E> {
  offer(event: E): void;
  /** Nothing is waited for any more. */
  end(): void;
}

/** Shows events at once, or, to a visitor that has just joined, from the first one on that it is in. */
export function arrival<E>(joined: Joined<E> | null, show: (event: E) => void): Arrival<E> {
  if (joined === null) return { offer: show, end: () => undefined };
  const first = new FirstValue<E>((event) => joined.isIn(event), show);
  const patience = setTimeout(() => first.giveUp(), FIRST_VALUE_MS);
  return { offer: (event) => first.offer(event), end: () => clearTimeout(patience) };
}
