import { assert, type Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { positionAt, staleAt, viewAt, type CounterView } from './replies.js';

/** What became of a set. All but the first two are refusals that changed nothing. */
export type SetOutcome =
  'set' | 'replayed' | 'OPERATION_ID_REUSED' | 'OPERATION_IDS_FULL' | 'QUOTA_ELSEWHERE';

/** A counter after it was set, and the total that it had before. */
export interface CounterSet {
  readonly outcome: SetOutcome;
  /** null: beyond ±(2^53 - 1), or not known, where another region has set it under this operation id. */
  readonly before: number | null;
  readonly position: Position;
  readonly staleRegions: readonly string[];
  readonly replid: string;
  readonly view: CounterView;
}

/** Typed door to counter-set.lua, whose header is the contract. */
export const counterSet = defineScript<CounterSet>({
  name: 'counter-set',
  keys: ['meta', 'index', 'operations0', 'operations1', 'names', 'sets'],
  args: [
    'candidate',
    'seenIncarnation',
    'seenSeq',
    'seenRev',
    'region',
    'nowMs',
    'windowMs',
    'idsMax',
    'trended',
    'peers',
    'counter',
    'name',
    'kind',
    'value',
    'id',
    'entry',
    'setsMax',
  ],
  decode: (reply) => {
    const [outcome, before] = reply;
    assert(outcome !== undefined && before !== undefined, 'a set has an outcome');
    return {
      outcome: outcome as SetOutcome,
      before: before === '' ? null : safeOrNull(Number(before)),
      position: positionAt(reply, 2),
      staleRegions: staleAt(reply, 5),
      replid: reply[6] ?? '',
      view: viewAt(reply, 7),
    };
  },
});

/** A total as it is shown, null where it passes the bound. */
export function safeOrNull(total: number | null): number | null {
  return Number.isSafeInteger(total) ? total : null;
}
