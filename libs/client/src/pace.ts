/** A bucket of tokens that fills up with time: so much at once, then so much a second. */
export class Pace {
  private tokens: number;
  private filledMs: number;

  constructor(
    private burst: number,
    private perSecond: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.tokens = burst;
    this.filledMs = nowMs();
  }

  /** Takes one; false: there is none. */
  take(): boolean {
    const nowMs = this.nowMs();
    const filled = this.tokens + ((nowMs - this.filledMs) / 1000) * this.perSecond;
    this.tokens = Math.min(filled, this.burst);
    this.filledMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** How long it takes until there is one more. */
  get pauseMs(): number {
    return 1000 / this.perSecond;
  }

  /** Half as many from now on. */
  halve(): void {
    this.burst = Math.max(this.burst / 2, 1);
    this.perSecond = Math.max(this.perSecond / 2, 1);
    this.tokens = Math.min(this.tokens, this.burst);
  }
}
