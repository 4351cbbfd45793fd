import { assert, type Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { VIEW_FIELDS, integer, positionAt, staleAt, viewAt, type CounterView } from './replies.js';

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

/** Fields of a batch's reply before those of its operations. */
const HEAD_FIELDS = 7;

/** Typed door to counters-add.lua, whose header is the contract: batch by batch, an Error for one that failed alone. */
export const countersAdd = defineScript<(BatchAdded | Error)[]>({
  name: 'counters-add',
  keys: ['buckets'],
  args: ['region', 'nowMs', 'windowMs', 'idsMax', 'trended', 'peers', 'batches'],
  decode: (reply) => {
    const answers: (BatchAdded | Error)[] = [];
    for (let at = 0; at < reply.length;) {
      const operations = at + HEAD_FIELDS;
      const end = operations + integer(reply[at + 6]) * (VIEW_FIELDS + 1);
      answers.push(
        reply[at] === 'failed' ? new Error(reply[at + 1]) : answerAt(reply, at, operations, end),
      );
      at = end;
    }
    return answers;
  },
});

function answerAt(
  reply: readonly string[],
  at: number,
  operations: number,
  end: number,
): BatchAdded {
  const added: Added[] = [];
  for (let place = operations; place < end; place += VIEW_FIELDS + 1) {
    const outcome = reply[place];
    assert(outcome !== undefined, 'an operation has an outcome');
    added.push({ outcome: outcome as AddOutcome, view: viewAt(reply, place + 1) });
  }
  return {
    again: reply[at] === 'again',
    position: positionAt(reply, at + 1),
    staleRegions: staleAt(reply, at + 4),
    replid: reply[at + 5] ?? '',
    added,
  };
}
