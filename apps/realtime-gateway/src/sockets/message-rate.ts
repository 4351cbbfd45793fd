/** Messages that one socket may send at once, as a multiple of what it may send a second. */
const BURST = 2;

/** How many messages a socket may still send: a bucket of tokens that fills up with time. */
export class MessageRate {
  private tokens: number;

  constructor(
    private readonly perSecond: number,
    private filledMs: number,
  ) {
    this.tokens = perSecond * BURST;
  }

  /** Takes one message into account; false: it is one too many. */
  admits(nowMs: number): boolean {
    const filled = this.tokens + ((nowMs - this.filledMs) / 1000) * this.perSecond;
    this.tokens = Math.min(filled, this.perSecond * BURST) - 1;
    this.filledMs = nowMs;
    return this.tokens >= 0;
  }
}
