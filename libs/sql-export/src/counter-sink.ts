/**
 * The port that durable counters are exported through, and its rule. The rule is that of the feed (DESIGN.md §3): an interval
 * is taken if the copy has all that is before it, and only then does the copy's position move, in one step with the rows.
 *
 * E1  a copy at position P of a bucket has every durable counter as of P at least.
 * E2  a row is replaced by a later one only, so whoever comes late or twice changes nothing.
 * E3  what whole state does not tell of is no longer there, and is set aside, not lost.
 */
import { compareRev, type Position, type RevVersion } from '@headcount/crdt';
import type { DurableRow } from '@headcount/counter-store';

/** How far a copy has come after a part. Null: part of whole state that does not end it. */
export type PartMove =
  | {
      readonly kind: 'interval';
      /** What the copy has to be at, or beyond. */
      readonly from: RevVersion;
      /** The rows are all that changed up to there. */
      readonly to: Position;
    }
  | {
      readonly kind: 'whole';
      /** Where the bucket stood when whole state was begun: older rows of it are those of counters that are gone. */
      readonly begun: Position;
    }
  | null;

/** What one write says of one bucket. */
export interface SinkPart {
  readonly bucket: number;
  /** As of which the rows were read; the version of each of them. */
  readonly asOf: Position;
  readonly rows: readonly DurableRow[];
  readonly move: PartMove;
}

/** What became of a part, and where the copy stands afterwards. */
export interface SinkOutcome {
  readonly part: SinkPart;
  readonly verdict: Verdict;
  readonly position: Position;
}

/** `taken`; `old`: it says nothing new; `need`: the copy lacks what is before it. Of the latter two nothing is written. */
export type Verdict = 'taken' | 'old' | 'need';

/** A way to the copy that has not been interrupted: whoever has one knows that what it wrote is still there. */
export interface SinkSession {
  /** Where the copy of `region` stands in each bucket; none of a bucket that it has nothing of. */
  positions(): Promise<ReadonlyMap<number, Position>>;
  /**
   * Takes each part by its verdict, all in one transaction, at most one part a bucket. May be repeated, and called by several
   * at once. Rejects with the database's errors, and then nothing is written, or, where the answer was lost, all of it.
   */
  write(parts: readonly SinkPart[]): Promise<readonly SinkOutcome[]>;
}

/** Where durable counters are copied to. */
export interface CounterSink {
  /** The session that is open, or a new one; makes the tables where they are missing. Rejects while there is no way. */
  session(): Promise<SinkSession>;
  /** Ends the session; a later one begins anew. */
  close(): Promise<void>;
}

/** What becomes of `part` where the copy stands at `held`. */
export function judge(held: Position, { asOf, move }: SinkPart): Verdict {
  if (asOf.incarnation < held.incarnation) return 'old';
  if (move === null) return 'taken';
  if (move.kind === 'whole') return compareRev(move.begun, held) > 0 ? 'taken' : 'old';
  if (move.from.incarnation !== held.incarnation || move.from.rev > held.rev) return 'need';
  return move.to.rev > held.rev ? 'taken' : 'old';
}

/** Where the copy stands once `part` is taken. */
export function movedBy(held: Position, { move }: SinkPart): Position {
  if (move === null) return held;
  return move.kind === 'whole' ? move.begun : move.to;
}
