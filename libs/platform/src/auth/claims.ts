/** From what a token says to who its bearer is. The signature has been verified before. */
import { z } from 'zod';
import { PAGE_ID_BYTES_MAX, err, ok, parseViewerId, type Result } from '@headcount/protocol';
import { Grants } from './grants.js';
import type { Viewer } from './subject.js';

/** Most patterns of one claim: every subscription and every write is held against all of them. */
export const PATTERNS_MAX = 64;

/** Longest pattern, in UTF-16 units: the longest page id, a space, the longest counter name. */
export const PATTERN_LENGTH_MAX = PAGE_ID_BYTES_MAX + 1 + 64;

/** Most words of the claim `scope`. */
export const SCOPES_MAX = 64;

const patterns = (shape: RegExp) =>
  z.array(z.string().max(PATTERN_LENGTH_MAX).regex(shape)).max(PATTERNS_MAX).optional();

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

/** The rights of a token, and of an API key. */
export const rightsFields = {
  pages: patterns(/^[^ ]+$/),
  counters: patterns(/^[^ ]+(?: [^ ]+)?$/),
  scope: z.string().transform(words).pipe(z.array(z.string()).max(SCOPES_MAX)).optional(),
};

// What is not of this form is refused as a whole: left out, a claim that was meant to restrict
// would allow everything.
const claimsField = z.object({
  sub: z.string(),
  exp: z
    .number()
    .transform((seconds) => Math.round(seconds * 1000))
    .pipe(z.int())
    .optional(),
  ...rightsFields,
});

/** The viewer that a verified token speaks of. */
export function viewerOfClaims(
  payload: unknown,
): Result<Viewer, 'UNAUTHENTICATED' | 'BAD_VIEWER_ID'> {
  const claims = claimsField.safeParse(payload);
  if (!claims.success) return err('UNAUTHENTICATED');
  const { sub, exp = null, pages, counters, scope } = claims.data;
  const id = parseViewerId(sub);
  if (!id.ok) return id;
  const grants = Grants.of({ pages, counters, scopes: scope });
  return ok({ kind: 'viewer', id: id.value, expiresAtMs: exp, grants });
}
