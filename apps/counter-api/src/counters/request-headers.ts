/** What the headers of a request ask for, beside the media type. */
import { parseItem } from 'structured-headers';
import { HeadcountError, type OperationId } from '@headcount/protocol';
import { operationKeyOf } from './input.js';

/** Longest wait that is granted, in seconds. */
export const WAIT_SECONDS_MAX = 60;

const WAIT = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i;

/**
 * How long a caller would wait for something new (`Prefer: wait=N`, RFC 7240), in seconds, at most WAIT_SECONDS_MAX; null:
 * it says nothing of it, or nothing that can be understood, which a preference may.
 */
export function waitSecondsIn(prefer: string): number | null {
  const seconds = WAIT.exec(prefer)?.[1];
  return seconds === undefined ? null : Math.min(Number(seconds), WAIT_SECONDS_MAX);
}

/**
 * The key of an operation that an Idempotency-Key says, which is a String of RFC 8941. Throws HeadcountError BAD_OPERATION_ID where
 * it is none, or not what an operation id may be.
 */
export function operationKeyIn(idempotencyKey: string): OperationId {
  return operationKeyOf(stringIn(idempotencyKey));
}

function stringIn(field: string): string {
  try {
    const [text] = parseItem(field);
    if (typeof text === 'string') return text;
  } catch {
    // It is told below, as what is no String is.
  }
  throw new HeadcountError(
    'BAD_OPERATION_ID',
    'Idempotency-Key must be a text in double quotes, such as "8e03978e-40d5-43e8-bc93-6894a57f9324".',
  );
}
