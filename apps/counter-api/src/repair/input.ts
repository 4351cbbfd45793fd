/** From what operators write to what the service takes. Each throws HeadcountError with the code of the fault. */
import { SET_VALUE_MAX } from '@headcount/counter-store';
import { fieldsOf, refuseOthers } from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';

/** Longest reason, in characters. */
export const REASON_LENGTH_MAX = 500;

const FIELDS = new Set(['value', 'reason']);

/** The value that a counter is given. */
export function setValueOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= SET_VALUE_MAX)
    return value;
  throw new HeadcountError(
    'BAD_AMOUNT',
    `The value must be a whole number from -${SET_VALUE_MAX} to ${SET_VALUE_MAX}.`,
  );
}

/** Why it is set; null: the operator does not say. */
export function reasonOf(reason: unknown): string | null {
  if (reason === undefined || reason === null) return null;
  if (typeof reason === 'string' && reason.length > 0 && reason.length <= REASON_LENGTH_MAX)
    return reason;
  throw new HeadcountError(
    'BAD_REQUEST',
    `The reason must be a text of 1 to ${REASON_LENGTH_MAX} characters.`,
  );
}

/** What a body asks for. */
export function setIn(body: unknown): { readonly value: number; readonly reason: string | null } {
  const fields = fieldsOf(body, '{"value":120,"reason":"a script ran twice"}');
  refuseOthers(fields, FIELDS);
  return { value: setValueOf(fields.value), reason: reasonOf(fields.reason) };
}
