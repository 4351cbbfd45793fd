import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { endAt } from './lease-replies.js';
import { integer, positionAt } from './replies.js';

/** How many leases have ended in a bucket, and when the next one will; null: it has none. */
export interface LeasesExpired {
  readonly ended: number;
  readonly position: Position;
  readonly nextEndMs: number | null;
}

/** Typed door to lease-expire.lua, whose header is the contract. */
export const leaseExpire = defineScript<LeasesExpired>({
  name: 'lease-expire',
  keys: ['meta', 'index', 'gateways', 'entries', 'leases', 'places'],
  args: ['candidate', 'seenIncarnation', 'seenSeq', 'seenRev', 'region', 'now', 'most'],
  decode: (reply) => ({
    ended: integer(reply[0]),
    position: positionAt(reply, 1),
    nextEndMs: endAt(reply, 4),
  }),
});
