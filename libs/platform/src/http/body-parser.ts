import type { FastifyRequest } from 'fastify';
import { BODY_BYTES_MAX, HeadcountError } from '@headcount/protocol';
import type { NestFastify } from './fastify-adapter.js';

/** Configuration of routes whose bodies say numbers that are counted with: they must be written as whole ones. */
export const WHOLE_NUMBERS = { wholeNumbers: true } as const;

/** Paths below this are for the apps of the deployment alone; SignedGuard stands before them. */
export const INTERNAL_PREFIX = '/internal/';

/**
 * Makes JSON the only media type of bodies. Those of internal requests are kept as bytes, since
 * bytes are what was signed, and may be larger: 1 MiB instead of 64 KiB. Must run before any route
 * is added.
 */
export function parseBodies(fastify: NestFastify): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url.startsWith(INTERNAL_PREFIX)) route.bodyLimit = BODY_BYTES_MAX;
  });
  // A key named __proto__ or constructor is refused, for objects made from such a body could change
  // others.
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, body, done) => {
      // By the route, for an address may be written in several ways that lead to the same one.
      if (request.routeOptions.url?.startsWith(INTERNAL_PREFIX)) {
        done(null, body);
        return;
      }
      void parseJson(request, body.toString('utf8'), (error, parsed) => {
        if (error) done(new HeadcountError('BAD_REQUEST', 'The body is not JSON.'));
        else if (isCounted(request) && !hasWholeNumbers(body.toString('utf8')))
          done(new HeadcountError('BAD_AMOUNT'));
        else done(null, parsed);
      });
    },
  );
}

const isCounted = ({ routeOptions }: FastifyRequest): boolean =>
  'wholeNumbers' in routeOptions.config;

const STRING = /"(?:[^"\\]|\\.)*"/g;
const NO_WHOLE_NUMBER = /\d[.eE]|-0/;

/**
 * Whether every number of a JSON text is written as a whole one. Once parsed, 9007199254740990.6 is a whole number that
 * nobody has written, and 1e400 is none at all.
 */
export function hasWholeNumbers(json: string): boolean {
  return !NO_WHOLE_NUMBER.test(json.replace(STRING, '""'));
}
