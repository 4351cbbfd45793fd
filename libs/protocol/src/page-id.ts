import { err, ok, type Result } from '@headcount/crdt';
import { HeadcountError } from './errors.js';
import { firstFault, withoutJoiners } from './readable-text.js';
import { utf8Length } from './utf8.js';

/** A page id that parsePageId has let through: normalised, allow-listed, 1 to 256 bytes. */
export type PageId = string & { readonly brand: 'PageId' };

/** Longest page id, in bytes of UTF-8 after normalisation. */
export const PAGE_ID_BYTES_MAX = 256;

/** The whole website: the one id beginning with `@` that is in use. */
export const SITE = '@site' as PageId;

/**
 * Letters, marks, digits, punctuation and symbols of every script, as IRIs take them (RFC 3987, ucschar), and the ASCII signs that
 * URLs are made of. Left out are space, `%`, `\` and the signs that mean something to HTML or a shell, controls, formats, lone
 * surrogates and the specials U+FFF0 to U+FFFF. Joiners are looked at before.
 */
const SIGN = `\\p{L}\\p{M}\\p{N}\\-._~:/@!$&'()*+,;=?#[\\]|`;
const BEYOND_ASCII = '(?![\\u0000-\\u007F\\uFFF0-\\uFFFF])[\\p{P}\\p{S}]';
const PLAIN = new RegExp(`^[${SIGN}]+$`, 'u');
const ALLOWED = new RegExp(`^(?:[${SIGN}]|${BEYOND_ASCII})+$`, 'u');

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
 * same (NFC) give the same id. Case is kept, and characters that only look alike stay two.
 */
export function parsePageId(raw: string): Result<PageId, 'BAD_PAGE_ID'> {
  if (raw.length === 0 || raw.length > RAW_UNITS_MAX) return err('BAD_PAGE_ID');
  const id = raw.normalize('NFC');
  if (!isReadable(id) || DOT_SEGMENT.test(id)) return err('BAD_PAGE_ID');
  if (utf8Length(id) > PAGE_ID_BYTES_MAX) return err('BAD_PAGE_ID');
  // The other ids beginning with `@` are kept for what the whole site may need later.
  if (id.startsWith('@') && id !== SITE) return err('BAD_PAGE_ID');
  return ok(id as PageId);
}

/** The usual ids are told by the first look. */
const isReadable = (id: string): boolean => PLAIN.test(id) || ALLOWED.test(withoutJoiners(id));

/** Why a text is no page id, as a sentence for whoever wrote it; null: it is one. */
export function pageIdFault(raw: string): string | null {
  if (parsePageId(raw).ok) return null;
  if (raw === '') return 'A page id has at least one character.';
  const id = raw.length > RAW_UNITS_MAX ? null : raw.normalize('NFC');
  if (id === null || utf8Length(id) > PAGE_ID_BYTES_MAX)
    return `A page id has at most ${PAGE_ID_BYTES_MAX} bytes of UTF-8.`;
  // In the text as it came, which is what its writer can look at.
  const fault = firstFault(raw, ALLOWED) ?? firstFault(id, ALLOWED);
  if (fault !== null)
    return `A page id cannot have ${fault.codePoint}, ${fault.what}, which is at position ${fault.at} (from 0).`;
  if (DOT_SEGMENT.test(id)) return 'A page id cannot have . or .. between slashes.';
  return `A page id cannot begin with @; only ${SITE} does, the whole website.`;
}

/** The page id of a text. Throws HeadcountError BAD_PAGE_ID that says what is wrong with it and where. */
export function demandPageId(raw: string): PageId {
  const id = parsePageId(raw);
  if (id.ok) return id.value;
  throw new HeadcountError(id.error, pageIdFault(raw) ?? undefined);
}

/** Whether a text is a page id as it stands, as ids on the wire are. */
export function isPageId(text: string): text is PageId {
  const parsed = parsePageId(text);
  return parsed.ok && parsed.value === text;
}
