import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { BODY_BYTES_MAX, HeadcountError } from '@headcount/protocol';
import type { NestFastify } from './fastify-adapter.js';
import { demandUtf8, strictJson, withoutStrings } from './strict-json.js';

/** Configuration of routes whose bodies say numbers that are counted with: they must be written as whole ones. */
export const WHOLE_NUMBERS = { wholeNumbers: true } as const;

/** Paths below this are for the apps of the deployment alone; SignedGuard stands before them. */
export const INTERNAL_PREFIX = '/internal/';

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Makes JSON in UTF-8 the only media type of bodies; a body of no bytes is none, whatever type is said of it. Those of internal
 * requests are kept as bytes, since bytes are what was signed, and may be larger: 1 MiB instead of 64 KiB. Must run before any
 * route is added.
 */
export function parseBodies(fastify: NestFastify): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url.startsWith(INTERNAL_PREFIX)) route.bodyLimit = BODY_BYTES_MAX;
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    (request, body, done: Done) => {
      // By the route, for an address may be written in several ways that lead to the same one.
      if (request.routeOptions.url?.startsWith(INTERNAL_PREFIX)) return done(null, body);
      try {
        done(null, body.length === 0 ? undefined : valueOf(request, body));
      } catch (refusal) {
        done(refusal as Error);
      }
    },
  );
  const refuse = (request: FastifyRequest, payload: IncomingMessage, done: Done): void =>
    refuseContent(request, payload, done);
  fastify.addContentTypeParser('*', refuse);
}

/** The value of a body. Throws HeadcountError with what is wrong with it. */
function valueOf(request: FastifyRequest, body: Buffer): unknown {
  const charset = charsetOf(request.headers['content-type'] ?? '');
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    throw new HeadcountError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The charset ${charset} is not understood; send UTF-8.`,
    );
  const text = demandUtf8(body, 'The body');
  const value = strictJson(text, 'The body');
  if (isCounted(request) && !hasWholeNumbers(text)) throw new HeadcountError('BAD_AMOUNT');
  return value;
}

const CHARSET = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]*))/i;

function charsetOf(contentType: string): string | undefined {
  const [, quoted, plain] = CHARSET.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** Refuses a body that is not said to be JSON, without reading it; one of no bytes is none. */
function refuseContent(
  { headers: { 'content-type': type, 'content-length': length } }: FastifyRequest,
  payload: IncomingMessage,
  done: Done,
): void {
  // The caller has gone: nobody reads the answer, and it is no fault of ours.
  const gone = (): void =>
    done(new HeadcountError('BAD_REQUEST', 'The body did not arrive whole.'));
  const refuse = (): void => {
    payload.off('end', none).off('error', gone);
    done(
      new HeadcountError(
        'UNSUPPORTED_MEDIA_TYPE',
        type === undefined
          ? 'The body has no content-type; send application/json.'
          : `The media type ${typeNameOf(type)} is not understood; send application/json.`,
      ),
    );
  };
  const none = (): void => {
    payload.off('data', refuse).off('error', gone);
    done(null, undefined);
  };
  if (length !== undefined && Number(length) > 0) return refuse();
  payload.once('data', refuse).once('end', none).once('error', gone);
}

const typeNameOf = (type: string): string => type.split(';', 1)[0]?.trim().slice(0, 100) ?? '';

const isCounted = ({ routeOptions }: FastifyRequest): boolean =>
  'wholeNumbers' in routeOptions.config;

const NO_WHOLE_NUMBER = /\d[.eE]|-0/;

/**
 * Whether every number of a JSON text is written as a whole one. Once parsed, 9007199254740990.6 is a whole number that
 * nobody has written, and 1e400 is none at all.
 */
export function hasWholeNumbers(json: string): boolean {
  return !NO_WHOLE_NUMBER.test(withoutStrings(json));
}
