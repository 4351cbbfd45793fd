import { assert, type Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import type { BucketState } from '../region-part.js';
import { integer, positionAt } from './replies.js';

/** A part of a bucket's votes, and where they go on; `number` is the modulus where none is left. */
export interface RegionVotes {
  readonly position: Position;
  readonly replid: string;
  readonly number: number;
  readonly counter: string;
  readonly scan: string;
  readonly state: BucketState;
}

/** Typed door to region-votes.lua, whose header is the contract. */
export const regionVotes = defineScript<RegionVotes>({
  name: 'region-votes',
  keys: ['meta', 'names', 'choices', 'regions'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'modulus',
    'number',
    'counter',
    'scan',
    'rowsMax',
  ],
  decode: (reply) => {
    const [replid, number, counter, scan, state] = reply.slice(3);
    assert(
      replid && counter !== undefined && scan !== undefined && state,
      'a part says where to go on',
    );
    return {
      ...{ position: positionAt(reply, 0), replid, number: integer(number), counter, scan },
      state: JSON.parse(state) as BucketState,
    };
  },
});
