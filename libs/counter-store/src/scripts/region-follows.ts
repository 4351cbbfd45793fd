import { assert, type Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import type { BucketState } from '../region-part.js';
import { positionAt } from './replies.js';

/** A part of a bucket's follows and histories. `user` '': nothing of them is left. */
export interface RegionFollows {
  readonly position: Position;
  readonly replid: string;
  readonly user: string;
  readonly scan: string;
  readonly state: BucketState;
}

/** Typed door to region-follows.lua, whose header is the contract. */
export const regionFollows = defineScript<RegionFollows>({
  name: 'region-follows',
  keys: ['meta', 'followers', 'histories', 'names', 'markers', 'regions'],
  args: ['candidate', 'seenIncarnation', 'seenSeq', 'seenRev', 'region', 'user', 'scan', 'rowsMax'],
  decode: (reply) => {
    const [replid, user, scan, state] = reply.slice(3);
    assert(replid && user !== undefined && scan && state, 'a page says where to go on');
    return {
      ...{ position: positionAt(reply, 0), replid, user, scan },
      state: JSON.parse(state) as BucketState,
    };
  },
});
