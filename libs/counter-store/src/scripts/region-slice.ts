import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import type { BucketState } from '../region-part.js';
import { integer, positionAt } from './replies.js';

/** All counters of a slice, as of a position. */
export interface RegionSlice {
  readonly position: Position;
  readonly replid: string;
  /** Records are told up to there; below the position's rev nothing else is. */
  readonly to: number;
  readonly state: BucketState;
}

/** Typed door to region-slice.lua, whose header is the contract. */
export const regionSlice = defineScript<RegionSlice>({
  name: 'region-slice',
  keys: ['meta', 'names', 'operations0', 'operations1', 'voids', 'regions', 'writers'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'modulus',
    'number',
    'told',
    'recordsMax',
  ],
  decode: (reply) => ({
    position: positionAt(reply, 0),
    replid: reply[3] ?? '',
    to: integer(reply[4]),
    state: JSON.parse(reply[5] ?? '') as BucketState,
  }),
});
