/** From what a token says to who its bearer is. The signature has been verified before. */
import { z } from 'zod';
import { PAGE_ID_BYTES_MAX, err, ok, parseViewerId, type Result } from '@headcount/protocol';
import { Grants } from './grants.js';
import type { Viewer } from './subject.js';

/** Most patterns of one claim: every subscription and every write is held against all of them. */
export const PATTERNS_MAX = 64;

/** Longest pattern, in UTF-16 units: the longest page id, a space, the longest counter name. */
export const PATTERN_LENGTH_MAX = PAGE_ID_BYTES_MAX + 1 + 64;

/** Largest amount of one change by a user, where neither a claim nor USER_RIGHTS says more. */
const USER_AMOUNT = 1;

/** Most words of the claim `scope`. */
export const SCOPES_MAX = 64;

const patterns = (shape: RegExp) =>
  z.array(z.string().max(PATTERN_LENGTH_MAX).regex(shape)).max(PATTERNS_MAX).optional();

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

const COUNTER_PATTERN = /^[^ ]+(?: [^ ]+)?$/;

/** The rights that every user may have without a claim. */
const commonRights = {
  pages: patterns(/^[^ ]+$/),
  counters: patterns(COUNTER_PATTERN),
  votes: patterns(COUNTER_PATTERN),
  amount: z.int().positive().optional(),
};

/** What users may do of whom no claim says otherwise. */
export const userRightsField = z.strictObject(commonRights).readonly();
export type UserRights = z.infer<typeof userRightsField>;

/** The rights of a token, and of an API key. */
export const rightsFields = {
  ...commonRights,
  scope: z.string().transform(words).pipe(z.array(z.string()).max(SCOPES_MAX)).optional(),
};

// What is not of this form is refused as a whole: left out, a claim that was meant to restrict
// would allow what users may do without it.
const claimsField = z.object({
  sub: z.string(),
  exp: z
    .number()
    .transform((seconds) => Math.round(seconds * 1000))
    .pipe(z.int())
    .optional(),
  ...rightsFields,
});

/** The viewer that a verified token speaks of. `preset` holds for the rights of which it says nothing. */
export function viewerOfClaims(
  payload: unknown,
  preset: UserRights,
): Result<Viewer, 'UNAUTHENTICATED' | 'BAD_VIEWER_ID'> {
  const claims = claimsField.safeParse(payload);
  if (!claims.success) return err('UNAUTHENTICATED');
  const { sub, exp = null, scope, ...said } = claims.data;
  const id = parseViewerId(sub);
  if (!id.ok) return id;
  const { pages = preset.pages, counters = preset.counters, votes = preset.votes } = said;
  const { amount = preset.amount ?? USER_AMOUNT } = said;
  const grants = Grants.of({ pages, counters, votes, amount, scopes: scope });
  return ok({ kind: 'viewer', id: id.value, expiresAtMs: exp, grants });
}
