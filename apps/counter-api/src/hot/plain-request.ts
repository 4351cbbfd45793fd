import type { IncomingHttpHeaders } from 'node:http';

/** What a header may ask for that only the whole way answers. */
const ASKING = [
  'if-match',
  'if-none-match',
  'prefer',
  'idempotency-key',
  'x-headcount-user',
] as const;

/** Whether a request asks for JSON and for nothing beside it. A browser, which would rather have a page, does not. */
export function isPlain(headers: IncomingHttpHeaders): boolean {
  const { accept } = headers;
  if (accept !== 'application/json' && accept !== '*/*' && accept !== undefined) return false;
  for (const name of ASKING) if (headers[name] !== undefined) return false;
  return true;
}
