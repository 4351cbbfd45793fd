import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { durableRowsFrom, integer, positionAt, type DurableRow } from './replies.js';

/** All durable counters of the slices before `next`. */
export interface DurableSlices {
  /** As of which the rows were read. */
  readonly position: Position;
  readonly next: number;
  readonly rows: readonly DurableRow[];
}

/** Typed door to durable-slices.lua, whose header is the contract. */
export const durableSlices = defineScript<DurableSlices>({
  name: 'durable-slices',
  keys: ['meta', 'names'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'modulus',
    'number',
    'countersMax',
  ],
  decode: (reply) => ({
    position: positionAt(reply, 0),
    next: integer(reply[3]),
    rows: durableRowsFrom(reply, 4),
  }),
});
