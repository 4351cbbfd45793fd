import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { positionAt, rowsFrom, type CounterRow } from './replies.js';

/** The rows after a reader's position, or null where it must read again what it has in use. */
export interface BucketSince {
  readonly position: Position;
  readonly rows: readonly CounterRow[] | null;
}

/** Typed door to bucket-since.lua, whose header is the contract. */
export const bucketSince = defineScript<BucketSince>({
  name: 'bucket-since',
  keys: ['meta', 'index'],
  args: ['incarnation', 'rev', 'rowsMax'],
  decode: (reply) => ({
    position: positionAt(reply, 1),
    rows: reply[0] === 'since' ? rowsFrom(reply, 4) : null,
  }),
});
