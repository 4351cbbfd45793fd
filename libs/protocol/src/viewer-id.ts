import { err, ok, type Result } from '@headcount/crdt';
import { HeadcountError } from './errors.js';
import { firstFault, withoutJoiners } from './readable-text.js';
import { utf8Length } from './utf8.js';

/** A viewer id that parseViewerId has let through. Opaque: compared as it is, never normalised. */
export type ViewerId = string & { readonly brand: 'ViewerId' };

/** Longest viewer id, in bytes of UTF-8. */
export const VIEWER_ID_BYTES_MAX = 128;

/** No controls, no invisible signs, no lone surrogates, no breaks of line or paragraph. Joiners are looked at before. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** The viewer id of a text: 1 to 128 bytes, all of them printable. */
export function parseViewerId(raw: string): Result<ViewerId, 'BAD_VIEWER_ID'> {
  if (raw.length > VIEWER_ID_BYTES_MAX) return err('BAD_VIEWER_ID');
  if (!PRINTABLE.test(raw) && !PRINTABLE.test(withoutJoiners(raw))) return err('BAD_VIEWER_ID');
  return utf8Length(raw) <= VIEWER_ID_BYTES_MAX ? ok(raw as ViewerId) : err('BAD_VIEWER_ID');
}

/** Why a text is no viewer id, as a sentence for whoever wrote it; null: it is one. */
export function viewerIdFault(raw: string): string | null {
  if (parseViewerId(raw).ok) return null;
  if (raw === '') return 'A viewer id has at least one character.';
  if (raw.length > VIEWER_ID_BYTES_MAX || utf8Length(raw) > VIEWER_ID_BYTES_MAX)
    return `A viewer id has at most ${VIEWER_ID_BYTES_MAX} bytes of UTF-8.`;
  const fault = firstFault(raw, PRINTABLE);
  return fault === null
    ? 'A viewer id is made of printable characters.'
    : `A viewer id cannot have ${fault.codePoint}, ${fault.what}, which is at position ${fault.at} (from 0).`;
}

/** The viewer id of a text. Throws HeadcountError BAD_VIEWER_ID that says what is wrong with it and where. */
export function demandViewerId(raw: string): ViewerId {
  const id = parseViewerId(raw);
  if (id.ok) return id.value;
  throw new HeadcountError(id.error, viewerIdFault(raw) ?? undefined);
}
