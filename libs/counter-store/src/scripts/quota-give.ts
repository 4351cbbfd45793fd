import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { integer, positionAt } from './replies.js';

/** What was given away, and what is left. */
export interface QuotaGiven {
  readonly given: number;
  /** Rights of the region that gave; below 0 where more was sold than there was (docs/bounded.md). */
  readonly left: number;
  readonly position: Position;
  /** Replication id of the Redis that answered: what it has may be lost where it becomes another (D2). */
  readonly replid: string;
}

/** Typed door to quota-give.lua, whose header is the contract. */
export const quotaGive = defineScript<QuotaGiven>({
  name: 'quota-give',
  keys: ['meta', 'index'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'nowMs',
    'counter',
    'stem',
    'receiver',
    'wanted',
    'peers',
  ],
  decode: (reply) => ({
    given: integer(reply[0]),
    left: integer(reply[1]),
    position: positionAt(reply, 2),
    replid: reply[5] ?? '',
  }),
});
