/** What the body of a change says. Each function throws HeadcountError with the code of the fault. */
import { parseDurability, type DurabilityChoice } from '@headcount/counter-store';
import { fieldsOf, refuseOthers } from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { amountOf } from './input.js';

/** A change of one counter, as it is asked for. */
export interface ChangeBody {
  /** Not 0; negative lowers. */
  readonly amount: number;
  /** Null: as the deployment has it. */
  readonly durability: DurabilityChoice | null;
}

/** A vote, as it is asked for. */
export interface VoteBody {
  /** Whether it is given, not taken back. */
  readonly isFor: boolean;
  readonly voter: unknown;
  readonly choice: unknown;
}

const STEP_FIELDS = new Set(['action']);
const FIELDS = new Set(['action', 'by', 'durability']);
const VOTE_FIELDS = new Set(['action', 'voter', 'choice']);
/** A change that would be right. */
const CHANGE_EXAMPLE = '{"action":"increment"}';

/** What the original API takes: a step of one, and nothing that would make it another change. */
export function stepIn(body: unknown): 1 | -1 {
  const fields = fieldsOf(body, CHANGE_EXAMPLE);
  refuseOthers(fields, STEP_FIELDS);
  return directionOf(fields.action);
}

/** What is asked for with no field that is not known, so that a slip of the pen changes nothing. */
export function changeIn(body: unknown): ChangeBody {
  const fields = fieldsOf(body, CHANGE_EXAMPLE);
  refuseOthers(fields, FIELDS);
  return {
    amount: directionOf(fields.action) * byOf(fields.by),
    durability: durabilityOf(fields.durability),
  };
}

/** The vote of a body that names a voter; null: it names none. */
export function voteIn(body: unknown): VoteBody | null {
  if (typeof body !== 'object' || body === null || !('voter' in body)) return null;
  const fields = fieldsOf(body, CHANGE_EXAMPLE);
  refuseOthers(fields, VOTE_FIELDS);
  const { action, voter, choice } = fields;
  return { isFor: directionOf(action) === 1, voter, choice };
}

/** +1 or -1. */
export function directionOf(action: unknown): 1 | -1 {
  if (action === 'increment') return 1;
  if (action === 'decrement') return -1;
  throw new HeadcountError('BAD_ACTION');
}

/** A durability as it is written; null or absent: none is asked for. */
export function durabilityOf(text: unknown): DurabilityChoice | null {
  if (text === undefined || text === null) return null;
  const choice = typeof text === 'string' ? parseDurability(text) : null;
  if (choice === null) throw new HeadcountError('BAD_DURABILITY');
  return choice;
}

/** An amount as it is given; absent: 1. */
export function byOf(by: unknown): number {
  if (by === undefined) return 1;
  if (typeof by === 'number') return amountOf(by);
  throw new HeadcountError('BAD_AMOUNT');
}
