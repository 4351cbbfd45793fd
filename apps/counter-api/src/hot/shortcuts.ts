/**
 * Short ways for the plainest of the requests that come most. Each stands before the handler of its route, behind all that
 * comes before any handler: limits, origins, headers, the parsing of bodies. What it does not take the handler answers, so
 * a short way changes nothing but the time that an answer takes.
 */
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { GraphQLSchema } from 'graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CounterApiConfig } from '../settings.js';
import { CacheService } from '../cache/cache.service.js';
import { AdditionsService } from '../counters/additions.service.js';
import { ChangeRights } from '../counters/change-rights.js';
import { CountersService } from '../counters/counters.service.js';
import { hotGraphql } from '../graphql-fast/hot-graphql.js';
import { hotGet } from './hot-get.js';
import { hotPut } from './hot-put.js';

/** Answers a request, at once or later, or leaves it alone: false. */
export type Shortcut = (request: FastifyRequest, reply: FastifyReply) => boolean | Promise<boolean>;

const COUNTER = '/:webpageId/counter';
const GRAPHQL = '/graphql';

/** Puts the short ways before the routes. Before the app listens. */
export function takeShortcuts(nest: NestFastifyApplication, config: CounterApiConfig): void {
  const cache = nest.get(CacheService);
  const counters = nest.get(CountersService);
  const shortcuts = new Map<string, Shortcut>();
  // Short ways ask for no token, so where reads need one they are off.
  const areReadsPublic = config.READS === 'public';
  if (areReadsPublic) shortcuts.set(`GET ${COUNTER}`, hotGet(cache));
  // Where callers have to prove who they are, the guard of the route sees to that.
  if (config.AUTH === 'off') {
    const put = hotPut(nest.get(AdditionsService), nest.get(ChangeRights));
    shortcuts.set(`PUT ${COUNTER}`, put);
  }
  const schema = (): GraphQLSchema => nest.get(GraphQLSchemaHost, { strict: false }).schema;
  if (areReadsPublic) {
    const graphql = hotGraphql({ schema, limits: config, cache, counters });
    shortcuts.set(`GET,POST,OPTIONS ${GRAPHQL}`, graphql);
  }
  nest
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      const shortcut = shortcuts.get(`${[route.method].flat().join()} ${route.url}`);
      if (shortcut !== undefined) route.handler = either(shortcut, route.handler);
    });
}

function either(shortcut: Shortcut, whole: RouteHandlerMethod): RouteHandlerMethod {
  return function (request, reply) {
    const taken = shortcut(request, reply);
    if (taken === true) return undefined;
    if (taken === false) return whole.call(this, request, reply);
    return taken.then((isTaken) => (isTaken ? undefined : whole.call(this, request, reply)));
  };
}
