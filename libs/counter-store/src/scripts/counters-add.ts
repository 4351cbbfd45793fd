import { assert, type Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { VIEW_FIELDS, integer, positionAt, staleAt, viewAt, type CounterView } from './replies.js';

/** Why nothing new is made: the store has no room, or the caller has made as much as it may. */
export type NewRefusal = 'STORE_FULL' | 'TOO_MANY_COUNTERS';

/** What became of one operation. All but the first two are refusals that changed nothing. */
export type AddOutcome =
  | 'added'
  | 'replayed'
  | 'OUT_OF_RANGE'
  | 'OPERATION_ID_REUSED'
  | 'OPERATION_IDS_FULL'
  | 'TOO_MANY'
  | NewRefusal
  | 'BELOW_ZERO'
  | 'QUOTA_ELSEWHERE'
  | 'PRECONDITION_FAILED'
  | 'OUTCOME_UNKNOWN';

/** One operation's outcome, and what its counter shows after it. */
export interface Added {
  readonly outcome: AddOutcome;
  /** Whether it has made the counter. */
  readonly isNew?: true;
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

/** Fields of a batch's reply before those of its runs, and of a run: outcome, operations and step before its view. */
const HEAD_FIELDS = 7;
const RUN_FIELDS = 3 + VIEW_FIELDS;

/** Typed door to counters-add.lua, whose header is the contract: batch by batch, an Error for one that failed alone. */
export const countersAdd = defineScript<(BatchAdded | Error)[]>({
  name: 'counters-add',
  keys: ['buckets'],
  args: ['region', 'nowMs', 'windowMs', 'idsMax', 'idsPerViewerMax', 'trended', 'peers', 'batches'],
  decode: (reply) => {
    const answers: (BatchAdded | Error)[] = [];
    for (let at = 0; at < reply.length;) {
      const end = at + HEAD_FIELDS + integer(reply[at + 6]) * RUN_FIELDS;
      answers.push(reply[at] === 'failed' ? new Error(reply[at + 1]) : answerAt(reply, at, end));
      at = end;
    }
    return answers;
  },
});

function answerAt(reply: readonly string[], at: number, end: number): BatchAdded {
  const added: Added[] = [];
  for (let run = at + HEAD_FIELDS; run < end; run += RUN_FIELDS) addRun(added, reply, run);
  return {
    again: reply[at] === 'again',
    position: positionAt(reply, at + 1),
    staleRegions: staleAt(reply, at + 4),
    replid: reply[at + 5] ?? '',
    added,
  };
}

/** The operations of one run, each with the total that it left. */
function addRun(added: Added[], reply: readonly string[], at: number): void {
  const said = reply[at] as AddOutcome | 'created' | undefined;
  assert(said !== undefined, 'a run has an outcome');
  const [operations, step] = [integer(reply[at + 1]), integer(reply[at + 2])];
  const view = viewAt(reply, at + 3);
  for (let after = operations - 1; after >= 0; after -= 1) {
    const isLast = after === 0 || step === 0;
    const shown = isLast ? view : { ...view, durable: view.durable - after * step };
    if (said === 'created') added.push({ outcome: 'added', isNew: true, view: shown });
    else added.push({ outcome: said, view: shown });
  }
}
