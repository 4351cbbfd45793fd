import { err, ok, type Result } from '@headcount/crdt';
import { utf8Length } from './utf8.js';

/** A page id that parsePageId has let through: normalised, allow-listed, 1 to 256 bytes. */
export type PageId = string & { readonly brand: 'PageId' };

/** Longest page id, in bytes of UTF-8 after normalisation. */
export const PAGE_ID_BYTES_MAX = 256;

/** The whole website: the one id beginning with `@` that is in use. */
export const SITE = '@site' as PageId;

/**
 * Letters, marks and digits of every script, and the ASCII signs that URLs are made of. Left out
 * are space, `%`, `\` and the signs that mean something to HTML or a shell, controls and lone
 * surrogates.
 */
const ALLOWED = /^[\p{L}\p{M}\p{N}\-._~:/@!$&'()*+,;=?#[\]|]+$/u;

/** `.` and `..` as path segments: browsers and proxies would resolve them into another page. */
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * Longest text worth normalising, in UTF-16 units. NFC takes at most four units for three bytes of
 * its outcome, so what is longer cannot come out short enough, and nobody makes us normalise a
 * megabyte.
 */
const RAW_UNITS_MAX = 4 * PAGE_ID_BYTES_MAX;

/**
 * The page id of a text that is already percent-decoded. Two spellings that Unicode holds for the
 * same (NFC) give the same id. Case is kept.
 */
export function parsePageId(raw: string): Result<PageId, 'BAD_PAGE_ID'> {
  if (raw.length === 0 || raw.length > RAW_UNITS_MAX) return err('BAD_PAGE_ID');
  const id = raw.normalize('NFC');
  if (!ALLOWED.test(id) || DOT_SEGMENT.test(id)) return err('BAD_PAGE_ID');
  if (utf8Length(id) > PAGE_ID_BYTES_MAX) return err('BAD_PAGE_ID');
  // The other ids beginning with `@` are kept for what the whole site may need later.
  if (id.startsWith('@') && id !== SITE) return err('BAD_PAGE_ID');
  return ok(id as PageId);
}

/** Whether a text is a page id as it stands, as ids on the wire are. */
export function isPageId(text: string): text is PageId {
  const parsed = parsePageId(text);
  return parsed.ok && parsed.value === text;
}
