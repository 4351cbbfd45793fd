/** From what callers write of limits to what the service takes. Each throws HeadcountError with the code of the fault. */
import {
  LIMIT_WINDOW_SECONDS_MAX,
  demandScopeOn,
  fieldRefusal,
  fieldsOf,
  refuseOthers,
  type Subject,
} from '@headcount/platform';
import { HeadcountError, pageIdFault, parsePageId, type PageId } from '@headcount/protocol';

/** What a caller asks for, as it came. */
export interface AskedAllowance {
  readonly limit?: unknown;
  readonly windowSeconds?: unknown;
  readonly cost?: unknown;
}

/** What a caller asks for. */
export interface AllowanceAsk {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly cost: number;
}

/** A back end with this scope takes from limits. */
export const SCOPE_LIMITS = 'limits:take';

const refuse = (sentence: string): never => {
  throw new HeadcountError('BAD_REQUEST', sentence);
};

const refuseField = (field: string, sentence: string): never => {
  throw fieldRefusal('BAD_REQUEST', field, sentence);
};

/** The key of a limit: written as a page id is. */
export function limitKeyOf(raw: string): PageId {
  const key = parsePageId(raw);
  return key.ok
    ? key.value
    : refuse(`The key of a limit is written as a page id is. ${pageIdFault(raw) ?? ''}`);
}

const FIELDS = new Set(['limit', 'windowSeconds', 'cost']);

/** What a body asks for. */
export function allowanceIn(body: unknown): AllowanceAsk {
  const fields = fieldsOf(body, '{"limit":100,"windowSeconds":60}');
  refuseOthers(fields, FIELDS);
  return allowanceAskOf(fields);
}

/** What is asked for, within bounds; without a cost it is 1. */
export function allowanceAskOf({ limit, windowSeconds, cost }: AskedAllowance): AllowanceAsk {
  return {
    limit: within(limit, 1, Number.MAX_SAFE_INTEGER, 'limit'),
    windowSeconds: within(windowSeconds, 1, LIMIT_WINDOW_SECONDS_MAX, 'windowSeconds'),
    cost: within(cost ?? 1, 0, Number.MAX_SAFE_INTEGER, 'cost'),
  };
}

function within(value: unknown, least: number, most: number, name: string): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
    ? value
    : refuseField(name, `${name} must be a whole number from ${least} to ${most}.`);
}

/** The key itself, where the caller may take from its limits: `pages` of its token are held against keys as against pages. */
export function takeableBy(caller: Subject, key: PageId, auth: 'off' | 'jwt'): PageId {
  return demandScopeOn(caller, SCOPE_LIMITS, key, auth);
}
