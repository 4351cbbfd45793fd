import type { IncomingMessage } from 'node:http';

/** The path that was asked for, as it was written, without the query. */
export const pathOf = (request: { readonly raw: Pick<IncomingMessage, 'url'> }): string =>
  (request.raw.url ?? '').split('?', 1)[0] ?? '';
