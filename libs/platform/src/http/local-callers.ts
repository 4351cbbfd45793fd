/**
 * Where AUTH is off everybody may do everything, so only programs on this machine may call. HOST does not say whether that is
 * so: a proxy or a tunnel on this machine lets the world in, and a page may have its own name resolve to 127.0.0.1 (DNS
 * rebinding). The headers of such requests do say it.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isLoopbackName } from '../config/loopback.js';
import type { NestFastify } from './fastify-adapter.js';
import { answerRefusal } from './refusal.js';

/** Headers that proxies, tunnels and content delivery networks add, and programs on this machine do not. */
const PROXY_HEADERS = [
  'cf-connecting-ip',
  'cf-ray',
  'cf-visitor',
  'fastly-client-ip',
  'fly-client-ip',
  'forwarded',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-forwarded',
  'x-forwarded-by',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-forwarded-uri',
  'x-original-forwarded-for',
  'x-original-host',
  'x-real-ip',
] as const;

const WHAT_TO_SET =
  'set AUTH=jwt and a key that tokens are verified with, for example AUTH_JWT_SECRET (docs/auth.md).';

/**
 * Answers 403 to requests that may be a stranger's, on every route. `isExpected`: requests that may come from
 * elsewhere, as those of other apps where INTERNAL_HOST is no loopback address. Before any other hook.
 */
export function refuseStrangers(
  fastify: NestFastify,
  isExpected: (request: IncomingMessage) => boolean,
): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const why = isExpected(request.raw) ? null : strangerIn(request.headers);
    if (why === null) done();
    else answerRefusal(request, reply, 'NOT_LOCAL', why);
  });
}

/** Why a request may be that of a stranger, as a sentence that says what to set; null: it is of this machine. */
export function strangerIn(headers: IncomingHttpHeaders): string | null {
  for (const name of PROXY_HEADERS) {
    if (headers[name] === undefined) continue;
    return `The request came through a proxy, as its header ${name} says, and AUTH is off: ${WHAT_TO_SET}`;
  }
  const { host } = headers;
  // HTTP/1.0 has no Host; a browser always sends one.
  if (host === undefined || isLoopbackName(host)) return null;
  return `The request was sent to a host that is not this machine, and AUTH is off: call 127.0.0.1 or localhost, or ${WHAT_TO_SET}`;
}
