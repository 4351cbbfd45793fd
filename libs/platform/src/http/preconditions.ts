/** What a request was made conditional on (RFC 9110, 13): If-Match and If-None-Match. There are no dates of change to ask for. */
import type { IncomingHttpHeaders } from 'node:http';
import { HeadcountError } from '@headcount/protocol';

/** Entity tags of a header: opaque parts of those that count for it; `*`: whatever there is. */
export type Tags = '*' | readonly string[];

/** Null: it asks for nothing. Tags are in their double quotes. */
export interface Preconditions {
  /** Strong tags alone: a weak one is never the same (8.8.3.2). */
  readonly match: Tags | null;
  readonly noneMatch: Tags | null;
}

/** Thrown for a GET or HEAD whose caller has what there is: 304 without a body. */
export class NotModified extends Error {
  override readonly name = 'NotModified';
}

const MEMBER = /\s*(W\/)?("[!#-~\x80-\xff]*")\s*(?:,|$)|\s*,/y;

/**
 * What the headers ask for; null: nothing, as of nearly all requests. Throws HeadcountError BAD_REQUEST where a change depends on what
 * cannot be read; a reader that sends such an If-None-Match has nothing yet.
 */
export function preconditionsIn(
  { 'if-match': match, 'if-none-match': noneMatch }: IncomingHttpHeaders,
  method: string,
): Preconditions | null {
  if (match === undefined && noneMatch === undefined) return null;
  const malformed = (name: string): readonly string[] => {
    if (isSafe(method)) return [];
    throw new HeadcountError(
      'BAD_REQUEST',
      `${name} must be * or a list of entity tags in double quotes, such as "6-1917864702".`,
    );
  };
  return {
    match: match === undefined ? null : (tagsIn(match, true) ?? malformed('If-Match')),
    noneMatch:
      noneMatch === undefined ? null : (tagsIn(noneMatch, false) ?? malformed('If-None-Match')),
  };
}

/** Null: it is malformed. */
function tagsIn(header: string, isStrong: boolean): Tags | null {
  if (header.trim() === '*') return '*';
  const tags: string[] = [];
  for (MEMBER.lastIndex = 0; MEMBER.lastIndex < header.length;) {
    const member = MEMBER.exec(header);
    if (member === null) return null;
    const [, weak, tag] = member;
    if (tag !== undefined && !(isStrong && weak !== undefined)) tags.push(tag);
  }
  return tags;
}

/** What becomes of a request. */
export type Verdict = 'goes on' | 'not modified' | 'failed';

/**
 * Judges what is asked of something that is there and has this entity tag, in the order of 13.2.2. `etag` null: it has none, so it
 * is no other's.
 */
export function verdictOn(
  { match, noneMatch }: Preconditions,
  method: string,
  etag: string | null,
): Verdict {
  const isAmong = (tags: Tags): boolean => tags === '*' || (etag !== null && tags.includes(etag));
  if (match !== null && !isAmong(match)) return 'failed';
  if (noneMatch === null || !isAmong(noneMatch)) return 'goes on';
  return isSafe(method) ? 'not modified' : 'failed';
}

/** The same, for what cannot wait. Throws HeadcountError PRECONDITION_FAILED, or NotModified. */
export function demandPreconditions(
  asked: Preconditions,
  method: string,
  etag: string | null,
): void {
  const verdict = verdictOn(asked, method, etag);
  if (verdict === 'failed') throw new HeadcountError('PRECONDITION_FAILED');
  if (verdict === 'not modified') throw new NotModified();
}

/** Whether a method only shows. */
const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD';
