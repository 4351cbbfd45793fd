import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { DATE_TIME_RULE, parseDateTime } from '@headcount/protocol';

/**
 * A time as RFC 3339 in UTC, to the second: `2030-10-10T12:11:42Z`. Milliseconds are cut off.
 * Throws RangeError if out of range.
 */
export function rfc3339(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
    lastMs = ms;
  }
  return lastText;
}

/** What changes under load changes within one second, and is told of as often as it changes. */
let lastMs = NaN;
let lastText = '';

const refuse = (): never => {
  throw new GraphQLError(`DateTime must be ${DATE_TIME_RULE}`);
};

const parse = (value: unknown): number => {
  const parsed = typeof value === 'string' ? parseDateTime(value) : null;
  return parsed?.ok ? parsed.value : refuse();
};

/** A time; in the code, milliseconds since 1970. */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'A time as in RFC 3339, for example 2030-10-10T12:11:42Z.',
  serialize: (value) => rfc3339(Number(value)),
  parseValue: parse,
  parseLiteral: (literal) => (literal.kind === Kind.STRING ? parse(literal.value) : refuse()),
});
