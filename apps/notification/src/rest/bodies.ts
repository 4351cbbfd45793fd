/** From what a REST caller sends to what resolvers take too. Each throws HeadcountError BAD_REQUEST. */
import { z } from 'zod';
import type { PartArgs } from '@headcount/platform';
import { DATE_TIME_RULE, HeadcountError, parseDateTime } from '@headcount/protocol';

/** A time as RFC 3339; in the code, milliseconds since 1970. */
export const timeField = z.string().transform((text, context) => {
  const parsed = parseDateTime(text);
  if (parsed.ok) return parsed.value;
  context.addIssue(`must be ${DATE_TIME_RULE}`);
  return z.NEVER;
});

/** The part of a list that a query asks for. */
export function partIn(first: string | undefined, after: string | undefined): PartArgs {
  if (first !== undefined && !/^\d{1,4}$/.test(first)) {
    throw new HeadcountError('BAD_REQUEST', 'first must be a whole number');
  }
  return { first: first === undefined ? null : Number(first), after: after ?? null };
}
