import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { durableRowsFrom, integer, positionAt, type DurableRow } from './replies.js';

/** The durable counters that changed in (the rev asked, `to`], or null where all are needed, in slices of `modulus`. */
export interface DurableSince {
  /** As of which the rows were read. */
  readonly position: Position;
  readonly changed: { readonly to: number; readonly rows: readonly DurableRow[] } | null;
  /** 0 where `changed` is told. */
  readonly modulus: number;
}

/** Typed door to durable-since.lua, whose header is the contract. */
export const durableSince = defineScript<DurableSince>({
  name: 'durable-since',
  keys: ['meta', 'index', 'names'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'incarnation',
    'rev',
    'rowsMax',
  ],
  decode: (reply) => {
    const position = positionAt(reply, 1);
    const last = integer(reply[4]);
    if (reply[0] === 'need') return { position, changed: null, modulus: last };
    return { position, changed: { to: last, rows: durableRowsFrom(reply, 5) }, modulus: 0 };
  },
});
