import type { ServerResponse } from 'node:http';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RequestTimes } from '../config/limit-settings.js';
import { answerClientError } from './client-error.js';
import { codeOf } from './problem.js';
import { answerRaw } from './refusal.js';
import { HEAD_BYTES_MAX, URL_BYTES_MAX, URL_NOT_UTF8 } from './request-head.js';

/** Fastify as Nest's adapter holds it. */
export type NestFastify = ReturnType<
  ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']
>;

/** Largest body of a public request, in bytes. */
export const PUBLIC_BODY_BYTES_MAX = 65_536;

/** Longest pause between two looks for who is late, in milliseconds. */
const LATE_LOOK_MS_MAX = 5_000;

/**
 * How long connections of a server may take: a slow or silent client must not hold one for
 * ever.
 */
export const serverTimes = ({
  HEADERS_TIMEOUT_MS: headersTimeout,
  REQUEST_TIMEOUT_MS: requestTimeout,
}: RequestTimes) => ({
  headersTimeout,
  requestTimeout,
  connectionsCheckingInterval: Math.min(LATE_LOOK_MS_MAX, Math.ceil(headersTimeout / 2)),
  maxHeaderSize: HEAD_BYTES_MAX,
  // `checkHeads` refuses such requests in words; Node would answer nothing but the status.
  requireHostHeader: false,
  // Longer than a balancer keeps a connection idle, so that none is closed under a request.
  keepAliveTimeout: 75_000,
});

/** A fresh adapter. Every option that is not the default stands here with its reason. */
export function newFastifyAdapter(times: RequestTimes): FastifyAdapter {
  const { requestTimeout, keepAliveTimeout, ...http } = serverTimes(times);
  return new FastifyAdapter({
    // pino logs through Nest; a second logger would say everything twice.
    logger: false,
    // No middleware is used, and what is not there costs no request anything.
    skipMiddie: true,
    bodyLimit: PUBLIC_BODY_BYTES_MAX,
    // Whoever takes an id says how long it may be, over all interfaces alike.
    routerOptions: { maxParamLength: URL_BYTES_MAX },
    requestTimeout,
    keepAliveTimeout,
    http,
    // Fastify would take X-Forwarded-Host and -Proto too, and any text as an address; `nameClients` sets `request.ip`.
    trustProxy: false,
    // A stop waits for requests under way, not for connections that are only kept.
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    // Errors before routing, for example an address that is not percent-encoded as it should be.
    frameworkErrors: (error: Error, _request: unknown, { raw }: { raw: ServerResponse }) =>
      answerRaw(raw, codeOf(error), URL_NOT_UTF8),
  });
}
