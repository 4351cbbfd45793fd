import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import type { BucketState } from '../region-part.js';
import { positionAt } from './replies.js';

/** All counters of a slice, as of a position. */
export interface RegionSlice {
  readonly position: Position;
  readonly replid: string;
  readonly state: BucketState;
}

/** Typed door to region-slice.lua, whose header is the contract. */
export const regionSlice = defineScript<RegionSlice>({
  name: 'region-slice',
  keys: ['meta', 'names', 'regions', 'writers'],
  args: ['candidate', 'seenIncarnation', 'seenSeq', 'seenRev', 'region', 'modulus', 'number'],
  decode: (reply) => ({
    position: positionAt(reply, 0),
    replid: reply[3] ?? '',
    state: JSON.parse(reply[4] ?? '') as BucketState,
  }),
});
