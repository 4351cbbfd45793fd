/**
 * Which pages of other origins may read answers (CORS). Who calls is said by a token in a header, never by a cookie, so
 * browsers are not to send credentials.
 */
import { randomUUID } from 'node:crypto';
import cors, { type FastifyCorsOptions, type FastifyCorsOptionsDelegate } from '@fastify/cors';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { allowsOrigin, type OriginPolicy } from '../config/origin-settings.js';
import type { AllowedMethods } from './allowed-methods.js';
import type { NestFastify } from './fastify-adapter.js';
import { isInternal, isInternalRoute } from './internal-server.js';
import { pathOf } from './path-of.js';
import { PROBLEM_MEDIA_TYPE, codeOf, problemOf } from './problem.js';

/** How long a browser may remember that a page was allowed to ask, in seconds. */
const PREFLIGHT_AGE_S = 600;

/** What pages are told that they may send; they may send whatever else they ask for. */
const SENT = [
  'accept',
  'apollo-require-preflight',
  'authorization',
  'cache-control',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'last-event-id',
  'prefer',
  'x-apollo-operation-name',
  'x-headcount-user',
];

/** What pages may see beside what every page may. */
const SHOWN = [
  'allow',
  'etag',
  'headcount-durability',
  'idempotency-replayed',
  'preference-applied',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
];

const NOTHING: FastifyCorsOptions = { origin: false, preflight: false };

/** Answers preflights and marks answers for pages of these origins. Before any route is added. */
export async function allowPages(
  fastify: NestFastify,
  policy: OriginPolicy,
  allowed: AllowedMethods,
): Promise<void> {
  const optionsFor = (request: FastifyRequest): FastifyCorsOptions => {
    const { origin, host, 'access-control-request-method': asked } = request.headers;
    if (origin === undefined || !allowsOrigin(policy, origin, host)) return NOTHING;
    const path = pathOf(request);
    // Those are for the apps of the deployment and its operators, which are no pages.
    if (isInternal(request.raw) || isInternalRoute(path)) return NOTHING;
    const isPreflight = asked !== undefined;
    return {
      origin: true,
      preflight: isPreflight,
      exposedHeaders: SHOWN,
      ...(isPreflight && {
        methods: allowed.at(path),
        allowedHeaders: allowedHeaders(request.headers['access-control-request-headers']),
        maxAge: PREFLIGHT_AGE_S,
      }),
    };
  };
  // The library answers OPTIONS everywhere, on a route that Nest knows nothing of, so nor does its filter of what goes wrong.
  fastify.addHook('onRoute', (route) => {
    if (route.url === '*') route.errorHandler = answerError;
  });
  const beforeRoutes = Object.create(fastify, {
    addHook: {
      value: (_: 'onRequest', hook: onRequestHookHandler) =>
        fastify.addHook('onRequest', forPages(hook)),
    },
  }) as typeof fastify;
  const delegator: FastifyCorsOptionsDelegate = (request, done) => done(null, optionsFor(request));
  await new Promise<void>((resolve, reject) =>
    cors(beforeRoutes, { delegator }, (fault) => (fault ? reject(fault) : resolve())),
  );
}

/** A name of a header (RFC 9110, 5.1). */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * What a page of an allowed origin may send: all that it asks for, such as `traceparent` or the name of its client. Who calls is said by
 * a header that the page has to know, never by what a browser adds, so no header is worth more than another.
 */
function allowedHeaders(asked = ''): string[] {
  const names = asked.split(',').map((name) => name.trim().toLowerCase());
  return [...new Set([...SENT, ...names.filter((name) => NAME.test(name))])];
}

/** The hook for requests of pages alone: for all others it would find out, in a third of the time of a read, that it has nothing to do. */
function forPages(hook: onRequestHookHandler): onRequestHookHandler {
  return function (request, reply, done) {
    if (request.headers.origin === undefined) done();
    else hook.call(this, request, reply, done);
  };
}

/** Answers with problem details. */
function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(codeOf(error), randomUUID());
  void reply.code(problem.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
}
