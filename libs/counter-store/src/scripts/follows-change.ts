import type { Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { positionAt } from './replies.js';

/** What became of one change. All but the first two are refusals that changed nothing. */
export type FollowOutcome =
  'changed' | 'same' | 'NOT_FOLLOWED' | 'FOLLOWS_FULL' | 'STORE_FULL' | 'OUT_OF_RANGE';

/** Outcomes in the order of the changes, and the Redis that has taken them. */
export interface FollowsChanged {
  readonly position: Position;
  readonly replid: string;
  readonly outcomes: readonly FollowOutcome[];
}

/** Typed door to follows-change.lua, whose header is the contract. */
export const followsChange = defineScript<FollowsChanged>({
  name: 'follows-change',
  keys: ['meta', 'index', 'names', 'markers', 'followers', 'follows'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'user',
    'userName',
    'followsMax',
    'isFull',
    'changes',
  ],
  decode: (reply) => ({
    position: positionAt(reply, 0),
    replid: reply[3] ?? '',
    outcomes: reply.slice(4) as FollowOutcome[],
  }),
});
