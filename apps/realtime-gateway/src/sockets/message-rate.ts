/** Messages that one socket may send at once, as a multiple of what it may send a second. */
const BURST = 2;

/** A message counts once for each such part that it has begun, for reading it takes as much longer. */
const PART_BYTES = 1024;

/** An operation counts for each such part of its cost: the dearest that is allowed, 25,000, for 100 messages. */
const PART_COST = 250;

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
    return this.spend(nowMs, Math.max(Math.ceil(bytes / PART_BYTES), 1));
  }

  /** The message that was admitted last begins an operation of this cost; false: that is too much. */
  admitsCost(nowMs: number, cost: number): boolean {
    return this.spend(nowMs, Math.max(Math.ceil(cost / PART_COST) - 1, 0));
  }

  private spend(nowMs: number, parts: number): boolean {
    const filled = this.tokens + ((nowMs - this.filledMs) / 1000) * this.perSecond;
    // One message alone is never too many.
    const spent = Math.min(parts, this.perSecond);
    this.tokens = Math.min(filled, this.perSecond * BURST) - spent;
    this.filledMs = nowMs;
    return this.tokens >= 0;
  }
}
