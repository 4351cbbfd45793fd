/** What fields cost, as resolvers declare it and admission reads it from the schema. */
import { getNullableType, isListType, type GraphQLField } from 'graphql';

/**
 * Cost of a field: `own` + n x (`each` + what is selected in it), where n is the size of the argument `times`. One read of
 * the store costs 10, an entry of a list or a field that shows what was read costs 1.
 */
export interface FieldCost {
  /** What one call of the resolver costs, however many entries it answers. */
  readonly own?: number | CostByArgument;
  /** What each entry costs. */
  readonly each?: number;
  /** The argument that says how many entries are asked for: a list, or a number. Without it there is one. */
  readonly times?: string;
}

/** A cost that depends on the number that an argument holds. */
export interface CostByArgument {
  readonly argument: string;
  costOf(value: number): number;
}

/** Where a cost stands in the extensions of a field. */
export const COST_EXTENSION = 'headcountCost';

/** The cost that was declared at a field, or undefined. */
export function declaredCost({
  extensions,
}: Pick<GraphQLField<unknown, unknown>, 'extensions'>): FieldCost | undefined {
  return Object.hasOwn(extensions, COST_EXTENSION)
    ? (extensions[COST_EXTENSION] as FieldCost)
    : undefined;
}

/** Cost of a field of a root type that declares none: it reads something. */
const READ_COST = 10;

/** A cost as it is computed, with the arguments that it depends on. */
export interface CostRule {
  readonly own: number | CostByArgument;
  readonly each: number;
  readonly times: readonly string[];
  /** Names of all arguments that it depends on. */
  readonly sizing: readonly string[];
}

/** The declared cost; without one, a field of a root type costs 10, another 1, for each entry of every list that it is given. */
export function costRule(field: GraphQLField<unknown, unknown>, isRoot: boolean): CostRule {
  const declared = declaredCost(field);
  if (declared === undefined) {
    const lists = field.args.filter(({ type }) => isListType(getNullableType(type)));
    const times = lists.map(({ name }) => name);
    return { own: 0, each: isRoot ? READ_COST : 1, times, sizing: times };
  }
  const { own = 0, each = 0, times } = declared;
  const named = times === undefined ? [] : [times];
  const sizing = typeof own === 'number' ? named : [...named, own.argument];
  return { own, each, times: named, sizing };
}
