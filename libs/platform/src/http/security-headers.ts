import type { NestFastify } from './fastify-adapter.js';

/**
 * What browsers must not do with an answer. TLS ends before us, and whoever ends it decides on
 * HSTS.
 */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
} as const;

/** Lets an answer that a browser takes for a page load and run nothing. */
const POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Sets the headers on every answer; a page sets a policy of its own over this one. In development
 * there is none, since GraphiQL loads its parts from elsewhere, and nobody else reaches the port.
 */
export function secureAnswers(fastify: NestFastify, development: boolean): void {
  const headers = development ? HEADERS : { ...HEADERS, 'content-security-policy': POLICY };
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}
