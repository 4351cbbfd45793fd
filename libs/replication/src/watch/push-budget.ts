/**
 * How many pushes a second leave this counter-api, of all streams together (DESIGN.md §9): a push costs as much as dozens of its
 * values, and with hundreds of gateways each change would be a push of its own. Whoever finds no budget left waits in line,
 * and goes with all that has changed meanwhile.
 */
import type { WatchTimers } from './timers.js';

/** What is unused is kept for so long: what was quiet may change in many places at once without waiting. */
const KEPT_MS = 100;

export class PushBudget {
  /** When the next push is due at the pace of the budget. */
  private dueMs = -Infinity;
  private inLine = 0;

  constructor(
    private readonly perSecond: number,
    private readonly timers: Pick<WatchTimers, 'nowMs' | 'afterMs'>,
  ) {}

  /** Streams that wait for their turn. */
  get waiting(): number {
    return this.inLine;
  }

  /** Resolves when one more push may leave, first come first served. */
  async take(): Promise<void> {
    const nowMs = this.timers.nowMs();
    const turnMs = Math.max(this.dueMs, nowMs - KEPT_MS);
    this.dueMs = turnMs + 1000 / this.perSecond;
    if (turnMs <= nowMs) return;
    this.inLine += 1;
    await new Promise<void>((done) => void this.timers.afterMs(done, turnMs - nowMs));
    this.inLine -= 1;
  }
}
