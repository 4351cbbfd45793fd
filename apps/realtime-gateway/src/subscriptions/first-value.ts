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
    this.latest = { event };
    this.open ||= this.isIn(event);
    if (this.open) this.show(event);
  }

  /** Waiting has taken long enough: from now on whatever is known is shown. */
  giveUp(): void {
    if (this.open) return;
    this.open = true;
    if (this.latest !== null) this.show(this.latest.event);
  }
}
