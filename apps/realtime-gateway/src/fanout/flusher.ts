import type { FanoutMetrics } from './fanout-metrics.js';
import { FrameMaker } from './frame-maker.js';
import type { Outbox } from './outbox.js';

/** So many bytes are made before they are written. */
const BURST_BYTES = 1_048_576;

/**
 * Flushes outboxes at the end of the turn, each once, so that what changes together is one write. First the frames of many
 * are made, then they are written one directly after the other: a reader that finds more to read does not fall asleep, and
 * to wake it costs the writer about as much as a write.
 */
export class Flusher {
  private due: Outbox[] = [];
  private turnEnd: NodeJS.Immediate | null = null;

  constructor(private readonly metrics: Pick<FanoutMetrics, 'deliveries'>) {}

  later(outbox: Outbox): void {
    if (outbox.isDue) return;
    outbox.isDue = true;
    this.due.push(outbox);
    this.turnEnd ??= setImmediate(() => this.flush());
  }

  private flush(): void {
    this.turnEnd = null;
    const { due } = this;
    this.due = [];
    for (let at = 0; at < due.length;) at = this.flushSome(due, at);
  }

  /** Flushes those from `from` on, as far as a burst reaches; gives where the next one begins. */
  private flushSome(due: readonly Outbox[], from: number): number {
    const outboxes: Outbox[] = [];
    const frames: Buffer[] = [];
    const maker = new FrameMaker();
    let values = 0;
    let at = from;
    for (let bytes = 0; bytes < BURST_BYTES; at += 1) {
      const outbox = due[at];
      if (outbox === undefined) break;
      outbox.isDue = false;
      const { size } = outbox;
      const made = outbox.take(maker);
      if (made === null) continue;
      outboxes.push(outbox);
      frames.push(made);
      bytes += made.length;
      values += size;
    }
    if (values > 0) this.metrics.deliveries.inc(values);
    for (const [place, outbox] of outboxes.entries()) {
      const made = frames[place];
      if (made !== undefined) outbox.send(made);
    }
    return at;
  }
}
