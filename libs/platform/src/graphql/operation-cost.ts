import {
  GraphQLError,
  Kind,
  getArgumentValues,
  getNamedType,
  getNullableType,
  getVariableValues,
  isListType,
  isObjectType,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { err, ok, type Result } from '@headcount/protocol';

/** Cost of a field of a root type: it reads something. Every other field shows what was read, and costs 1. */
const READ_COST = 10;

/** Errors about variables in one answer. The executor of graphql-js has the same limit. */
const VARIABLE_ERRORS_MAX = 50;

/** Coerced values of variables or arguments, by name. graphql-js makes them; only it looks names up in them. */
type Values = Readonly<Record<string, unknown>>;

/**
 * Cost of an operation of a valid document: 10 for a field of a root type, 1 for every other, each as often as the lists
 * demand that it stands in. The length of a list is what its field is asked for: the length of an argument that is a
 * list, or the number `first`. `@include` and `@skip` make no difference. The values are those that resolvers will
 * receive: graphql-js coerces them here with the functions that its executor uses. Errors: variables that do not fit.
 * Cost O(document) for an operation that is new; for one seen before, O(variables that size lists).
 */
export function operationCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Values,
): Result<number, readonly GraphQLError[]> {
  const { price, sizing } = priced(schema, document, operation);
  if (sizing.length === 0) return ok(price.fixed);
  const options = { maxErrors: VARIABLE_ERRORS_MAX };
  const { coerced, errors } = getVariableValues(schema, sizing, variables, options);
  return errors ? err(errors) : ok(amountOf(price, coerced, new Map()));
}

/** What a selection costs: an amount that is always the same, and parts whose size depends on variables. */
interface Price {
  readonly fixed: number;
  readonly parts: readonly Part[];
}

/** A field or a fragment whose cost depends on variables: `times` x (`own` + inner). */
interface Part {
  readonly times: number | SizedField;
  readonly own: number;
  readonly inner: Price;
}

/** A field with the arguments that size it. */
interface SizedField {
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
}

interface PricedOperation {
  readonly schema: GraphQLSchema;
  readonly price: Price;
  /** The variables that the cost depends on. */
  readonly sizing: NonNullable<OperationDefinitionNode['variableDefinitions']>;
}

/** By operations of documents that are kept. */
const known = new WeakMap<OperationDefinitionNode, PricedOperation>();

function priced(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): PricedOperation {
  const found = known.get(operation);
  if (found?.schema === schema) return found;
  const pricing = new Pricing(schema, document);
  const root = schema.getRootType(operation.operation) ?? undefined;
  const price = pricing.of(operation.selectionSet, root);
  const sizing = (operation.variableDefinitions ?? []).filter(({ variable }) =>
    pricing.sizing.has(variable.name.value),
  );
  const made = { schema, price, sizing };
  known.set(operation, made);
  return made;
}

/** The price with the values of one request. Each fragment is computed once. */
function amountOf(price: Price, variables: Values, amounts: Map<Price, number>): number {
  if (price.parts.length === 0) return price.fixed;
  const found = amounts.get(price);
  if (found !== undefined) return found;
  let amount = price.fixed;
  for (const { times, own, inner } of price.parts) {
    const repeated = typeof times === 'number' ? times : timesOf(times, variables);
    amount += repeated * (own + amountOf(inner, variables, amounts));
  }
  amounts.set(price, amount);
  return amount;
}

class Pricing {
  /** Names of the variables that size lists. */
  readonly sizing = new Set<string>();
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly prices = new Map<string, Price>();

  constructor(
    private readonly schema: GraphQLSchema,
    { definitions }: DocumentNode,
  ) {
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.fragments.set(definition.name.value, definition);
  }

  of({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): Price {
    let fixed = 0;
    const parts: Part[] = [];
    for (const selection of selections) {
      const part = this.partOf(selection, parent);
      if (typeof part.times === 'number' && part.inner.parts.length === 0)
        fixed += part.times * (part.own + part.inner.fixed);
      else parts.push(part);
    }
    return { fixed, parts };
  }

  private partOf(selection: SelectionNode, parent: GraphQLNamedType | undefined): Part {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.ofField(selection, parent);
      case Kind.INLINE_FRAGMENT: {
        const type = selection.typeCondition?.name.value;
        const within = type === undefined ? parent : this.schema.getType(type);
        return { times: 1, own: 0, inner: this.of(selection.selectionSet, within) };
      }
      case Kind.FRAGMENT_SPREAD:
        return { times: 1, own: 0, inner: this.ofFragment(selection.name.value) };
    }
  }

  private ofField(node: FieldNode, parent: GraphQLNamedType | undefined): Part {
    const field = isObjectType(parent) ? parent.getFields()[node.name.value] : undefined;
    const inner = node.selectionSet
      ? this.of(node.selectionSet, field && getNamedType(field.type))
      : NOTHING;
    // __typename and introspection.
    if (field === undefined) return { times: 1, own: 1, inner };
    const own = this.isRoot(parent) ? READ_COST : 1;
    return { times: this.times(field, node), own, inner };
  }

  private ofFragment(name: string): Price {
    const found = this.prices.get(name);
    if (found !== undefined) return found;
    const fragment = this.fragments.get(name);
    if (fragment === undefined) return NOTHING;
    // Validation refuses a fragment within itself; here it must only not be followed for ever.
    this.prices.set(name, NOTHING);
    const type = this.schema.getType(fragment.typeCondition.name.value);
    const price = this.of(fragment.selectionSet, type);
    this.prices.set(name, price);
    return price;
  }

  private isRoot(type: GraphQLNamedType | undefined): boolean {
    const { schema } = this;
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    return roots.some((root) => root !== undefined && root === type);
  }

  /** How often the field counts, where the document decides that; else what decides it. */
  private times(field: GraphQLField<unknown, unknown>, node: FieldNode): number | SizedField {
    const args = field.args.filter(isSizing);
    if (args.length === 0) return 1;
    const sized = { field: { ...field, args }, node };
    const names = variablesIn(node, args);
    if (names.length === 0) return timesOf(sized, {});
    for (const name of names) this.sizing.add(name);
    return sized;
  }
}

const NOTHING: Price = { fixed: 0, parts: [] };

const isSizing = ({ name, type }: GraphQLArgument): boolean =>
  isListType(getNullableType(type)) || name === 'first';

/** The variables within the arguments of a field that are among `args`. */
function variablesIn(node: FieldNode, args: readonly GraphQLArgument[]): string[] {
  const names: string[] = [];
  for (const { name, value } of node.arguments ?? [])
    if (args.some((arg) => arg.name === name.value))
      visit(value, { Variable: (variable) => void names.push(variable.name.value) });
  return names;
}

/** How many entries a field is asked for, at least 1. */
function timesOf({ field, node }: SizedField, variables: Values): number {
  const values = argumentsOf(field, node, variables);
  // The executor reports such a field, and resolves nothing for it.
  if (values === null) return 1;
  return field.args.reduce(
    (times, { name, defaultValue }) => times * sizeOf(values.get(name) ?? defaultValue),
    1,
  );
}

function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Values,
): ReadonlyMap<string, unknown> | null {
  try {
    return new Map(Object.entries(getArgumentValues(field, node, variables)));
  } catch (cause) {
    if (cause instanceof GraphQLError) return null;
    throw cause;
  }
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return Math.max(value.length, 1);
  return typeof value === 'number' && value > 1 ? Math.ceil(value) : 1;
}
