import type { FastifyRequest } from 'fastify';
import { HeadcountError } from '@headcount/protocol';
import { nestingFault } from '../graphql/nesting.js';
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
 * by Apollo Server; and refuses documents that nest too deeply, since Apollo has no hook before its parser whose errors it does not
 * take for its own. Before any route is added.
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

function demandOperation(request: FastifyRequest): void {
  const { method, query, headers, raw } = request;
  if (raw.url?.includes('?')) {
    if (method === 'GET' || method === 'HEAD') {
      demandParameters(query, OF_GET);
      demandJsonParameters(query);
    } else if (method === 'POST') demandNoOperation(query);
  }
  if (method !== 'OPTIONS') {
    const asked = preconditionsIn(headers, method);
    if (asked !== null) demandPreconditions(asked, method, null);
  }
  demandShallow(request);
}

/** Throws HeadcountError TOO_COMPLEX where the document would use up the stack of the parser. */
function demandShallow({ method, body, query }: FastifyRequest): void {
  const from = method === 'POST' ? body : query;
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, 'query')) return;
  const { query: source } = from as { readonly query?: unknown };
  const fault = typeof source === 'string' ? nestingFault(source) : null;
  if (fault !== null) throw new HeadcountError('TOO_COMPLEX', fault.message);
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
