import type { FastifyReply, FastifyRequest } from 'fastify';
import { VIEWERS, type CounterValue, type PageId } from '@headcount/protocol';
import type { CacheService } from '../cache/cache.service.js';
import { documentOf, etagOf } from '../counters/counter-document.js';
import { VARY } from '../counters/media-type.js';
import type { Shortcut } from './shortcuts.js';
import { isPlain } from './plain-request.js';

interface Answer {
  readonly text: string;
  readonly etag: string;
}

/** Shows a counter that is kept in memory to whoever wants its document and nothing else. */
export function hotGet(cache: CacheService): Shortcut {
  const answers = new WeakMap<CounterValue, Answer>();
  return (request: FastifyRequest, reply: FastifyReply): boolean => {
    const { headers, params, raw } = request;
    if (!isPlain(headers) || raw.url?.includes('?') !== false) return false;
    // Only ids that are right are kept, and only in the one form that they have.
    const pageId = (params as { readonly webpageId: string }).webpageId as PageId;
    const value = cache.shown({ pageId, name: VIEWERS });
    if (value === null) return false;
    let answer = answers.get(value);
    if (answer === undefined) {
      answer = { text: JSON.stringify(documentOf(value)), etag: etagOf(value) };
      answers.set(value, answer);
    }
    void reply
      .header('vary', VARY)
      .header('cache-control', 'no-cache')
      .header('etag', answer.etag)
      .type(JSON_ANSWER)
      .send(answer.text);
    return true;
  };
}

/** As Fastify says it of a document. */
export const JSON_ANSWER = 'application/json; charset=utf-8';
