import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { HeadcountError } from '@headcount/protocol';

const refuse = (shown: string): never => {
  throw new GraphQLError(
    `SafeInt must be a whole number from -(2^53 - 1) to 2^53 - 1, not ${shown}`,
  );
};

const isSafe = (value: unknown): value is number => Number.isSafeInteger(value);

const given = (value: unknown): number => (isSafe(value) ? value : refuse(JSON.stringify(value)));

const shown = (value: unknown): number => {
  // Rounding would show a number that nobody counted.
  if (!isSafe(value)) throw new HeadcountError('OUT_OF_RANGE');
  return value;
};

/**
 * Whole numbers that a JSON number holds exactly. GraphQL's own Int ends at 2^31 - 1, which counts
 * pass. A value of 1e3 or 1.0 is taken, as JSON has no integers of its own; a text is not.
 */
export const SafeInt = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description: 'A whole number from -(2^53 - 1) to 2^53 - 1, as a JSON number.',
  serialize: shown,
  parseValue: given,
  parseLiteral: (literal) =>
    literal.kind === Kind.INT ? given(Number(literal.value)) : refuse(`a ${literal.kind}`),
});
