import type { FastifyRequest } from 'fastify';

/** The path that was asked for, as it was written, without the query. */
export const pathOf = (request: Pick<FastifyRequest, 'raw'>): string =>
  (request.raw.url ?? '').split('?', 1)[0] ?? '';
