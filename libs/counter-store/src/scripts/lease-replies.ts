/** Decoding of what the scripts of leases answer. */
import type { Position } from '@headcount/crdt';
import { integer, positionAt, staleAt, viewAt, type CounterView } from './replies.js';

/** A counter after one of its leases has changed. */
export interface LeaseRead {
  readonly position: Position;
  readonly staleRegions: readonly string[];
  readonly view: CounterView;
  /** When the next lease of the bucket ends, in milliseconds since 1970 by the clock that leases end by; null: it has none. */
  readonly nextEndMs: number | null;
}

/** The counter whose position starts at `at` in a reply. */
export function leaseReadAt(reply: readonly string[], at: number): LeaseRead {
  return {
    position: positionAt(reply, at),
    staleRegions: staleAt(reply, at + 3),
    nextEndMs: endAt(reply, at + 4),
    view: viewAt(reply, at + 5),
  };
}

/** The time at `at`, or null where it is empty. */
export function endAt(reply: readonly string[], at: number): number | null {
  return reply[at] === '' ? null : integer(reply[at]);
}
