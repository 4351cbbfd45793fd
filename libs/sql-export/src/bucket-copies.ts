/**
 * Where the copy of each bucket stands, and how much further the bucket is known to be without a durable change: presence
 * moves a bucket on all the time, and is not worth a write each time.
 */
import { NOWHERE, compareRev, type Position } from '@headcount/crdt';
import type { DurableRow } from '@headcount/counter-store';
import type { SinkPart } from './counter-sink.js';

/** A copy that has nothing new says so this seldom, in milliseconds; a bucket keeps its last changes for longer mostly. */
const TELL_MS = 60_000;

interface Copy {
  /** As the sink has it. */
  readonly held: Position;
  /** Nothing durable has changed from `held` up to there. */
  readonly looked: Position;
  /** Since when the sink has not been told of it. */
  readonly sinceMs: number;
}

/** See the head of the file. */
export class BucketCopies {
  private copies = new Map<number, Copy>();

  constructor(private readonly nowMs: () => number) {}

  /** Takes what the sink says now; what was found out about another state of it counts no more. */
  takeOver(positions: ReadonlyMap<number, Position>): void {
    const before = this.copies;
    this.copies = new Map();
    for (const [bucket, held] of positions) {
      const known = before.get(bucket);
      if (known && compareRev(known.held, held) === 0) this.copies.set(bucket, known);
      else this.wrote(bucket, held);
    }
  }

  /** What the sink has of a bucket. */
  heldBy(bucket: number): Position {
    return this.copies.get(bucket)?.held ?? NOWHERE;
  }

  /** From where a bucket is to be read. */
  of(bucket: number): Position {
    return this.copies.get(bucket)?.looked ?? NOWHERE;
  }

  /** What is to be written of the rows that changed from `of(bucket)` up to `to`, read as of `asOf`; null: nothing yet. */
  part(bucket: number, asOf: Position, to: Position, rows: readonly DurableRow[]): SinkPart | null {
    const { held, sinceMs } = this.copies.get(bucket) ?? { held: NOWHERE, sinceMs: this.nowMs() };
    if (rows.length === 0 && this.nowMs() - sinceMs < TELL_MS) {
      if (to.rev > held.rev) this.copies.set(bucket, { held, looked: to, sinceMs });
      return null;
    }
    if (compareRev(to, held) === 0) return null;
    return { bucket, asOf, rows, move: { kind: 'interval', from: held, to } };
  }

  /** The sink stands at `held`. */
  wrote(bucket: number, held: Position): void {
    this.copies.set(bucket, { held, looked: held, sinceMs: this.nowMs() });
  }
}
