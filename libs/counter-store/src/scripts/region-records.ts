import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import type { BucketState } from '../region-part.js';
import { integer, positionAt } from './replies.js';

/** A page of one log. `to` null: nothing of it is left. */
export interface RegionRecords {
  readonly position: Position;
  readonly replid: string;
  readonly to: number | null;
  readonly modulus: number;
  /** Whether there are follows or histories to be told of, too. */
  readonly hasFollowers: boolean;
  readonly hasVotes: boolean;
  readonly state: BucketState;
}

/** Typed door to region-records.lua, whose header is the contract. */
export const regionRecords = defineScript<RegionRecords>({
  name: 'region-records',
  keys: ['meta', 'operations0', 'operations1', 'voids', 'regions'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'log',
    'rev',
    'recordsMax',
  ],
  decode: (reply) => ({
    position: positionAt(reply, 0),
    replid: reply[3] ?? '',
    to: reply[4] === '' ? null : integer(reply[4]),
    modulus: integer(reply[5]),
    hasFollowers: reply[6] !== '0',
    hasVotes: reply[7] !== '0',
    state: JSON.parse(reply[8] ?? '') as BucketState,
  }),
});
