/** Requests that once broke something; they are sent before all others. */
import type { RawRequest } from './raw-http.js';

const JSON_BODY: readonly (readonly [string, string])[] = [['content-type', 'application/json']];

export const KNOWN: readonly RawRequest[] = [
  // 500: the library that answers OPTIONS had an error handler of its own.
  { method: 'OPTIONS', target: '/a/counter', headers: JSON_BODY, body: 'undef' },
  // A second answer, not in problem details, to what came behind the request.
  {
    method: 'PUT',
    target: '/a/nothing',
    headers: [['transfer-encoding', 'chunked'], ...JSON_BODY],
    body: '{"action":"decrement"}',
  },
];
