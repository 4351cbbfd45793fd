import { err, ok, type Result } from '@headcount/crdt';

/** An id that a client gives to one change, so that sending it again changes nothing. */
export type OperationId = string & { readonly brand: 'OperationId' };

/** Printable ASCII without space at either end, for HTTP headers lose that. */
const SHAPE = /^[!-~](?:[ -~]{0,126}[!-~])?$/;

/** The operation id of a text: 1 to 128 characters of printable ASCII. */
export function parseOperationId(raw: string): Result<OperationId, 'BAD_OPERATION_ID'> {
  return SHAPE.test(raw) ? ok(raw as OperationId) : err('BAD_OPERATION_ID');
}
