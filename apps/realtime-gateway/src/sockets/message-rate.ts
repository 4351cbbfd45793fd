/** What one socket may send at once, as a multiple of what it may send a second. */
const BURST = 2;

/** A message counts once for each such part that it has begun, for reading it takes as much longer. */
const PART_BYTES = 1024;

/** Cost of operations that a socket may begin in a second, for each message that it may send: 100 messages, and one operation of 25,000. */
const COST_PER_MESSAGE = 250;

export interface MessageRateLimits {
  readonly perSecond: number;
  /**
   * Operations that a socket may have. A page begins and ends all of them in one turn, as when it connects again, so as many
   * messages more may come at once.
   */
  readonly operationsMax: number;
}

/** How many messages a socket may still send, and what its operations may still cost: two buckets of tokens that fill up with time. */
export class MessageRate {
  private messages: number;
  private cost: number;

  constructor(
    private readonly limits: MessageRateLimits,
    private filledMs: number,
  ) {
    this.messages = messagesAtOnce(limits);
    this.cost = costAtOnce(limits);
  }

  /** Takes one message into account; false: it is one too many. */
  admits(nowMs: number, bytes: number): boolean {
    this.fill(nowMs);
    // One message alone is never too many.
    this.messages -= Math.min(Math.max(Math.ceil(bytes / PART_BYTES), 1), this.limits.perSecond);
    return this.messages >= 0;
  }

  /** The message that was admitted last costs nothing: it ends an operation, whose beginning was paid for. */
  giveBack(): void {
    this.messages += 1;
  }

  /** The message that was admitted last begins an operation of this cost; false: that is too much. */
  admitsCost(nowMs: number, cost: number): boolean {
    this.fill(nowMs);
    this.cost -= Math.min(cost, this.limits.perSecond * COST_PER_MESSAGE);
    return this.cost >= 0;
  }

  private fill(nowMs: number): void {
    const more = ((nowMs - this.filledMs) / 1000) * this.limits.perSecond;
    this.messages = Math.min(this.messages + more, messagesAtOnce(this.limits));
    this.cost = Math.min(this.cost + more * COST_PER_MESSAGE, costAtOnce(this.limits));
    this.filledMs = nowMs;
  }
}

const messagesAtOnce = ({ perSecond, operationsMax }: MessageRateLimits): number =>
  perSecond * BURST + operationsMax;

const costAtOnce = ({ perSecond }: MessageRateLimits): number =>
  perSecond * BURST * COST_PER_MESSAGE;
