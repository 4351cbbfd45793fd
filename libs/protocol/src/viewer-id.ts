import { err, ok, type Result } from '@headcount/crdt';
import { utf8Length } from './utf8.js';

/** A viewer id that parseViewerId has let through. Opaque: compared as it is, never normalised. */
export type ViewerId = string & { readonly brand: 'ViewerId' };

/** Longest viewer id, in bytes of UTF-8. */
export const VIEWER_ID_BYTES_MAX = 128;

/** No controls, no invisible signs, no lone surrogates, no breaks of line or paragraph. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** The viewer id of a text: 1 to 128 bytes, all of them printable. */
export function parseViewerId(raw: string): Result<ViewerId, 'BAD_VIEWER_ID'> {
  if (raw.length > VIEWER_ID_BYTES_MAX || !PRINTABLE.test(raw)) return err('BAD_VIEWER_ID');
  return utf8Length(raw) <= VIEWER_ID_BYTES_MAX ? ok(raw as ViewerId) : err('BAD_VIEWER_ID');
}
