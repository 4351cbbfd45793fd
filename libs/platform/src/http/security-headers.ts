import type { NestFastify } from './fastify-adapter.js';

/**
 * What browsers must not do with an answer: what of helmet's headers bears on data. Not HSTS, as TLS ends before us and
 * whoever ends it decides on that.
 */
const HEADERS = {
  // Other sites may not embed an answer; what CORS lets their pages read is not touched by it.
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** The rest of them, which bear on pages alone: every other answer would only be longer by them. */
export const PAGE_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
} as const;

/** Lets an answer that a browser takes for a page load and run nothing. */
const POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Sets the headers on every answer; a page sets a policy of its own over this one. In development
 * there is none, since Swagger UI loads its parts, GraphiQL has one inside its page, and nobody else reaches the port.
 */
export function secureAnswers(fastify: NestFastify, development: boolean): void {
  const headers = development ? HEADERS : { ...HEADERS, 'content-security-policy': POLICY };
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}
