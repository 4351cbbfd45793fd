import type { FastifyRequest } from 'fastify';
import { HeadcountError } from '@headcount/protocol';
import type { NestFastify } from './fastify-adapter.js';
import { NotModified, demandPreconditions, preconditionsIn } from './preconditions.js';
import { answerRefusal } from './refusal.js';
import { demandParameters } from './rest-rules.js';
import { strictJson } from './strict-json.js';

const PATH = '/graphql';

/** What a GET says of its operation; the parts of a POST stand in its body. */
export const GRAPHQL_PARAMETERS = ['query', 'operationName', 'variables', 'extensions'] as const;

const OF_GET = new Map(GRAPHQL_PARAMETERS.map((name) => [name as string, false]));

/**
 * Holds GraphQL over HTTP to what holds at all other routes (rest-rules.ts), before anything is executed, be it on the fast path or
 * by Apollo Server. Before any route is added.
 */
export function checkGraphql(fastify: NestFastify): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url !== PATH) return;
    route.preHandler = [
      (request, reply, done) => {
        try {
          demandOperation(request);
          done();
        } catch (refusal) {
          if (refusal instanceof NotModified) void reply.code(304).send();
          else if (!(refusal instanceof HeadcountError)) throw refusal;
          else answerRefusal(request, reply, refusal.code, refusal.detail);
        }
      },
      ...[route.preHandler ?? []].flat(),
    ];
  });
}

function demandOperation({ method, query, headers, raw }: FastifyRequest): void {
  if (raw.url?.includes('?')) {
    if (method === 'GET' || method === 'HEAD') {
      demandParameters(query, OF_GET);
      demandJsonParameters(query);
    } else if (method === 'POST') demandNoOperation(query);
  }
  if (method === 'OPTIONS') return;
  const asked = preconditionsIn(headers, method);
  if (asked !== null) demandPreconditions(asked, method, null);
}

/** Throws HeadcountError BAD_REQUEST where a parameter that is JSON is not such as bodies have to be. */
export function demandJsonParameters(query: unknown): void {
  const given = query as Readonly<Record<string, unknown>>;
  for (const name of ['variables', 'extensions']) {
    const text = given[name];
    if (typeof text === 'string' && text !== '') strictJson(text, `The parameter ${name}`);
  }
}

/** Whatever else an address says, such as a name for logs, is not the operation's. */
function demandNoOperation(query: unknown): void {
  const name = GRAPHQL_PARAMETERS.find((one) => Object.hasOwn(query as object, one));
  if (name !== undefined)
    throw new HeadcountError('BAD_REQUEST', `${name} of a POST must stand in its body.`);
}
