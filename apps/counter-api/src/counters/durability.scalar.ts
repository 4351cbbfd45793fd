import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { durabilityText, parseDurability, type DurabilityChoice } from '@headcount/counter-store';
import { HeadcountError } from '@headcount/protocol';

/** When a change counts as written, in the words of the setting DURABILITY. */
export const Durability = new GraphQLScalarType<DurabilityChoice, string>({
  name: 'Durability',
  description:
    'When a change counts as written: `memory` = Redis has it, `disk` = it is on disk, `replicas:N` = N replicas have it, N from 1 to 99.',
  serialize: (choice) => {
    if (typeof choice === 'string') return choice;
    return durabilityText(choice as DurabilityChoice);
  },
  parseValue: given,
  parseLiteral: (literal) => {
    if (literal.kind === Kind.STRING) return given(literal.value);
    throw new GraphQLError('Durability must be a text.');
  },
});

function given(value: unknown): DurabilityChoice {
  const choice = typeof value === 'string' ? parseDurability(value) : null;
  if (choice === null) throw new HeadcountError('BAD_DURABILITY');
  return choice;
}
