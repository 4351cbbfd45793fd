import { CloseCode } from 'graphql-ws';
import { ERRORS } from '@headcount/protocol';

/** The last of those that RFC 6455 and its registry give a meaning. */
const STANDARD_MAX = 1015;

const OURS: ReadonlySet<unknown> = new Set<unknown>([
  ...Object.values(CloseCode),
  ...Object.values(ERRORS).map((entry) => ('wsCloseCode' in entry ? entry.wsCloseCode : null)),
]);

/** A close code as a label of a metric. A client may close with any of two thousand codes: those that say nothing are `other`. */
export function closeLabel(code: number): string {
  return code <= STANDARD_MAX || OURS.has(code) ? String(code) : 'other';
}
