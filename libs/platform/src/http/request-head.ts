/**
 * What the head of every request must be, whatever it asks for (RFC 9110, RFC 9112): one host, an address in ASCII that is
 * UTF-8 once decoded, one of each header that says one thing, and nothing done to the body that we would have to undo.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HeadcountError } from '@headcount/protocol';
import { plainAccept } from './accept.js';
import type { NestFastify } from './fastify-adapter.js';
import { answerRefusal } from './refusal.js';

/** Longest address, in bytes: 1,000 pages with ids of 50 characters. */
export const URL_BYTES_MAX = 65_536;

/** Largest head, its address included, in bytes. */
export const HEAD_BYTES_MAX = 131_072;

/** Said of an address that is not what its escapes should be. */
export const URL_NOT_UTF8 = 'The address must be percent-encoded UTF-8.';

/** Headers that say one thing, by the length of their names: given twice, each reader could take another. */
const SINGLE = new Set([
  'authorization',
  'content-type',
  'host',
  'idempotency-key',
  'x-headcount-user',
]);
const SINGLE_LENGTHS = new Set([...SINGLE].map((name) => name.length));

const ASCII_URL = /^[!-~]*$/;
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::\d{0,5})?$/;

/** Refuses requests whose head is not as it must be, and makes the rest of them plain. Before any other hook. */
export function checkHeads(fastify: NestFastify): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    try {
      checkHead(request);
    } catch (refusal) {
      refuse(request, reply, refusal);
      return;
    }
    done();
  });
}

function refuse(request: FastifyRequest, reply: FastifyReply, refusal: unknown): void {
  if (!(refusal instanceof HeadcountError)) throw refusal;
  const { code, detail } = refusal;
  // What kind of content is taken instead (RFC 9110, 15.5.16).
  if (code === 'UNSUPPORTED_MEDIA_TYPE') void reply.header('accept-encoding', 'identity');
  answerRefusal(request, reply, code, detail);
}

function checkHead({ raw, headers, method }: FastifyRequest): void {
  checkUrl(raw.url ?? '');
  checkSingles(raw);
  const { accept, host } = headers;
  if (raw.httpVersionMajor !== 1) throw new HeadcountError('BAD_HTTP_VERSION');
  // Version 1.0 has no Host.
  if (host === undefined ? raw.httpVersion === '1.1' : !HOST.test(host))
    throw new HeadcountError(
      'BAD_REQUEST',
      'The request must have one Host header that is a host.',
    );
  if (accept !== undefined) headers.accept = plainAccept(accept);
  const { 'transfer-encoding': transfer, 'content-encoding': coding } = headers;
  if (transfer !== undefined && transfer.trim().toLowerCase() !== 'chunked')
    throw new HeadcountError(
      'NOT_IMPLEMENTED',
      'The only transfer coding that is understood is chunked.',
    );
  if (transfer === undefined && (headers['content-length'] ?? '0') === '0') {
    // Of a body that is not there nothing is said either. Apollo Server wants a type with GET, against forgery.
    if (method !== 'GET' && method !== 'HEAD') delete headers['content-type'];
  } else if (coding !== undefined && !/^(?:identity)?$/i.test(coding.trim()))
    throw new HeadcountError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The content-encoding ${coding.slice(0, 100)} is not understood; send the body as it is.`,
    );
}

function checkUrl(url: string): void {
  if (url.length > URL_BYTES_MAX)
    throw new HeadcountError('URI_TOO_LONG', `The longest address is ${URL_BYTES_MAX} bytes.`);
  if (!ASCII_URL.test(url))
    throw new HeadcountError('BAD_REQUEST', 'The address must be ASCII: percent-encode its UTF-8.');
  // The router has decoded the path, and looks at nothing behind it.
  if (!url.includes('%', url.indexOf('?') + 1)) return;
  try {
    decodeURIComponent(url);
  } catch {
    throw new HeadcountError('BAD_REQUEST', URL_NOT_UTF8);
  }
}

function checkSingles({ rawHeaders }: IncomingMessage): void {
  let seen = '';
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const raw = rawHeaders[at] ?? '';
    if (!SINGLE_LENGTHS.has(raw.length)) continue;
    const name = raw.toLowerCase();
    if (!SINGLE.has(name)) continue;
    if (seen.includes(`${name},`))
      throw new HeadcountError('BAD_REQUEST', `The header ${name} must be given once.`);
    seen += `${name},`;
  }
}
