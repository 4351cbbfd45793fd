/** Messages that one socket may send at once, as a multiple of what it may send a second. */
const BURST = 2;

/** A message counts once for each such part that it has begun, for reading it takes as much longer. */
const PART_BYTES = 1024;

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
  admits(nowMs: number, bytes: number): boolean {
    const filled = this.tokens + ((nowMs - this.filledMs) / 1000) * this.perSecond;
    // One message alone is never too many.
    const parts = Math.min(Math.max(Math.ceil(bytes / PART_BYTES), 1), this.perSecond);
    this.tokens = Math.min(filled, this.perSecond * BURST) - parts;
    this.filledMs = nowMs;
    return this.tokens >= 0;
  }
}
