/** What the body of a batch says. Each function throws HeadcountError with the code of the fault. */
import type { DurabilityChoice } from '@headcount/counter-store';
import { fieldRefusal, fieldsOf, refuseOthers } from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { byOf, directionOf, durabilityOf } from './change-body.js';

/** One change, whose names are not yet looked at. */
export interface BatchItem {
  readonly page: string;
  readonly name: string | undefined;
  /** Not 0; negative lowers. */
  readonly amount: number;
  /** Its operation id. */
  readonly key: string | undefined;
}

/** What is asked for. */
export interface BatchBody {
  /** Each throws what is wrong with it when it is called, so that the others are made. */
  readonly changes: readonly (() => BatchItem)[];
  readonly durability: DurabilityChoice | null;
}

const FIELDS = new Set(['changes', 'durability']);
const ITEM_FIELDS = new Set(['page', 'name', 'action', 'by', 'key']);
const ITEM_EXAMPLE = '{"page":"home","name":"likes","action":"increment"}';

/** The changes of a batch, and what holds for all of them. */
export function batchIn(body: unknown): BatchBody {
  const fields = fieldsOf(body, `{"changes":[${ITEM_EXAMPLE}]}`);
  refuseOthers(fields, FIELDS);
  const { changes, durability } = fields;
  if (!Array.isArray(changes))
    throw fieldRefusal('BAD_REQUEST', 'changes', 'changes must be a list.');
  return {
    changes: changes.map((change: unknown, at) => () => itemIn(change, at)),
    durability: durabilityOf(durability),
  };
}

function itemIn(change: unknown, at: number): BatchItem {
  const place = ['changes', at];
  const fields = fieldsOf(change, ITEM_EXAMPLE, place);
  refuseOthers(fields, ITEM_FIELDS, place);
  const page = textIn(fields, 'page');
  if (page === undefined) throw new HeadcountError('BAD_PAGE_ID');
  return {
    page,
    name: textIn(fields, 'name'),
    amount: directionOf(fields.action) * byOf(fields.by),
    key: textIn(fields, 'key'),
  };
}

function textIn(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const text = fields[name] ?? undefined;
  if (text === undefined || typeof text === 'string') return text;
  throw fieldRefusal('BAD_REQUEST', name, `${name} must be a text.`);
}
