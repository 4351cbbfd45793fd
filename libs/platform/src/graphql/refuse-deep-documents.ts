import type { FastifyRequest } from 'fastify';
import type { NestFastify } from '../http/fastify-adapter.js';
import { answerRefusal } from '../http/refusal.js';
import { nestingFault } from './nesting.js';

/**
 * Refuses documents that nest too deeply before Apollo parses them: it has no hook there whose errors are not taken for its
 * own. Before any route is added.
 */
export function refuseDeepDocuments(fastify: NestFastify): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url !== '/graphql') return;
    route.preHandler = [
      ...[route.preHandler ?? []].flat(),
      (request, reply, done) => {
        const source = documentOf(request);
        const fault = source === undefined ? null : nestingFault(source);
        if (fault === null) done();
        else void answerRefusal(request, reply, 'TOO_COMPLEX', fault.message);
      },
    ];
  });
}

function documentOf({ method, body, query }: FastifyRequest): string | undefined {
  const from = method === 'POST' ? body : query;
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, 'query')) return undefined;
  const { query: source } = from as { readonly query?: unknown };
  return typeof source === 'string' ? source : undefined;
}
