import { assert, type Position, type Vote } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import type { NewRefusal } from './counters-add.js';
import { VIEW_FIELDS, integer, positionAt, staleAt, viewAt, type CounterView } from './replies.js';

/** What became of one change. All but the first two are refusals that changed nothing. */
export type VoteOutcome = 'changed' | 'same' | 'OUT_OF_RANGE' | NewRefusal;

/** One change's outcome, the vote after it, and what its counter shows at the end of all. */
export interface VoteChanged {
  readonly outcome: VoteOutcome;
  /** Whether a counter is new by it. */
  readonly isNew?: true;
  readonly vote: Vote;
  readonly view: CounterView;
}

/** Outcomes in the order of the changes, and the Redis that has taken them. */
export interface VotesChanged {
  readonly position: Position;
  readonly staleRegions: readonly string[];
  readonly replid: string;
  readonly changed: readonly VoteChanged[];
}

/** Typed door to votes-change.lua, whose header is the contract. */
export const votesChange = defineScript<VotesChanged>({
  name: 'votes-change',
  keys: ['meta', 'index', 'names', 'choices'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'nowMs',
    'trended',
    'changes',
  ],
  decode: (reply) => {
    const changed: VoteChanged[] = [];
    for (let at = 5; at < reply.length; at += VIEW_FIELDS + 3) {
      const [outcome, length, choice] = reply.slice(at, at + 3);
      assert(outcome !== undefined && choice !== undefined, 'a change has an outcome');
      changed.push({
        ...(outcome === 'created'
          ? { outcome: 'changed', isNew: true }
          : { outcome: outcome as VoteOutcome }),
        vote: { length: integer(length), choice },
        view: viewAt(reply, at + 3),
      });
    }
    return {
      position: positionAt(reply, 0),
      staleRegions: staleAt(reply, 3),
      replid: reply[4] ?? '',
      changed,
    };
  },
});
