/**
 * An EventSource takes every answer that is no stream for the end and never asks again, so what only holds for now is answered
 * with a stream: when to come back, why, and its end. Clients that read streams with `fetch` get the status as everywhere.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { RETRY_MS } from './counter-event.js';
import { STREAM_HEADERS, namesEventStream } from './media-type.js';

const PAGE_STREAM = '/pages/:pageId/stream';
const TOO_MANY_REQUESTS = 429;
const OUR_FAULT = 500;

/**
 * Answers refusals that pass with a stream, whoever refuses: limits of requests, rooms that are full, keys that cannot be had, a
 * mistake of ours. `fraction` is random, in 0..1: all who are refused at once must not come back at once. Before any route is added.
 */
export function askBack(fastify: FastifyInstance, fraction: () => number): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { statusCode: status } = reply;
    const passes = status === TOO_MANY_REQUESTS || status >= OUR_FAULT;
    if (!passes || request.method !== 'GET' || request.routeOptions.url !== PAGE_STREAM)
      return done(null, payload);
    if (typeof payload !== 'string' || !isEventSource(request.headers)) return done(null, payload);
    const retryMs = Math.round(pauseMs(reply) * (1 + fraction()));
    void reply.code(200).headers(STREAM_HEADERS).removeHeader('content-length');
    // JSON of one line, which a problem document is.
    done(null, `retry: ${retryMs}\nevent: problem\ndata: ${payload}\n\n`);
  });
}

/** Whether an EventSource asks: it names its type, and wants no answer from a cache (HTML, 9.2.2, and Fetch, 4.5). */
function isEventSource({ accept, 'cache-control': cache = '' }: IncomingHttpHeaders): boolean {
  return namesEventStream(accept) && cache.includes('no-cache');
}

/** The least time until the same request may succeed. */
function pauseMs(reply: FastifyReply): number {
  const seconds = Number(reply.getHeader('retry-after'));
  return Math.max(Number.isFinite(seconds) ? seconds * 1000 : 0, RETRY_MS);
}
