import { assert, type Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { VIEW_FIELDS, positionAt, staleAt, viewAt, type CounterView } from './replies.js';

/** What became of one operation. All but the first two are refusals that changed nothing. */
export type AddOutcome =
  | 'added'
  | 'replayed'
  | 'OUT_OF_RANGE'
  | 'OPERATION_ID_REUSED'
  | 'OPERATION_IDS_FULL'
  | 'BELOW_ZERO'
  | 'QUOTA_ELSEWHERE'
  | 'OUTCOME_UNKNOWN';

/** One operation's outcome, and what its counter shows after it. */
export interface Added {
  readonly outcome: AddOutcome;
  readonly view: CounterView;
}

/** A batch's outcomes in its order. `again`: it had been taken before, nothing was added now. */
export interface BatchAdded {
  readonly again: boolean;
  readonly position: Position;
  readonly staleRegions: readonly string[];
  /** Replication id of the Redis that answered: what it has may be lost where it becomes another (D2). */
  readonly replid: string;
  readonly added: readonly Added[];
}

/** Typed door to counters-add.lua, whose header is the contract. */
export const countersAdd = defineScript<BatchAdded>({
  name: 'counters-add',
  keys: ['meta', 'index', 'batches', 'operations0', 'operations1', 'names'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'nowMs',
    'instance',
    'number',
    'windowMs',
    'idsMax',
    'sentUnder',
    'trended',
    'peers',
    'changes',
  ],
  decode: (reply) => {
    const added: Added[] = [];
    for (let at = 6; at < reply.length; at += VIEW_FIELDS + 1) {
      const outcome = reply[at];
      assert(outcome !== undefined, 'an operation has an outcome');
      added.push({ outcome: outcome as AddOutcome, view: viewAt(reply, at + 1) });
    }
    return {
      again: reply[0] === 'again',
      position: positionAt(reply, 1),
      staleRegions: staleAt(reply, 4),
      replid: reply[5] ?? '',
      added,
    };
  },
});
