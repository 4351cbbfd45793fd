/** What an answer says of limits: fields of draft-ietf-httpapi-ratelimit-headers (10) and Retry-After (RFC 9110, 10.2.3). */
import type { Allowance } from '@headcount/counter-store';

/** A limit by the name that a caller is told, and what became of it. */
export interface ShownLimit {
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly allowance: Allowance;
}

/** Integers of structured fields have 15 digits at most (RFC 9651). */
const FIELD_INTEGER_MAX = 999_999_999_999_999;

/** Whole seconds, never sooner than it is. */
export const secondsOf = (ms: number): number => Math.ceil(ms / 1000);

/** The fields, in the order of the limits, after those that the answer has already. */
export function rateLimitFields(
  limits: readonly ShownLimit[],
  before: Readonly<Record<string, unknown>> = {},
): Record<string, string> {
  const policies = limits.map(
    ({ name, limit, windowSeconds }) => `"${name}";q=${shown(limit)};w=${windowSeconds}`,
  );
  const states = limits.map(
    ({ name, allowance: { remaining, resetMs } }) =>
      `"${name}";r=${shown(remaining)};t=${secondsOf(resetMs)}`,
  );
  const waits = limits.flatMap(({ allowance: { retryMs } }) => retryMs ?? []);
  return {
    'ratelimit-policy': listed(before['ratelimit-policy'], policies),
    ratelimit: listed(before.ratelimit, states),
    ...(waits.length > 0 && { 'retry-after': String(secondsOf(Math.max(...waits))) }),
  };
}

const listed = (before: unknown, members: readonly string[]): string =>
  [...(typeof before === 'string' && before !== '' ? [before] : []), ...members].join(', ');

const shown = (number: number): number => Math.min(number, FIELD_INTEGER_MAX);
