import {
  GraphQLError,
  Kind,
  getArgumentValues,
  getNamedType,
  getVariableValues,
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
import { costRule, type CostRule } from './field-cost.js';

/** Errors about variables in one answer. The executor of graphql-js has the same limit. */
const VARIABLE_ERRORS_MAX = 50;

/** Coerced values of variables or arguments, by name. graphql-js makes them; only it looks names up in them. */
type Values = Readonly<Record<string, unknown>>;

/**
 * Cost of an operation of a valid document: the sum of its fields, each by what its resolver declares (`FieldCost`).
 * `@include` and `@skip` make no difference, and of an entity the selections for all its types count. Arguments have the
 * values that resolvers will receive: graphql-js coerces them here with the functions that its executor uses.
 * Errors: variables that do not fit.
 * Cost O(document) for an operation that is new; for one seen before, O(variables that costs depend on).
 */
export function operationCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Values,
): Result<number, readonly GraphQLError[]> {
  const { price, sizing } = priced(schema, document, operation);
  if (price.parts.length === 0) return ok(price.fixed);
  const options = { maxErrors: VARIABLE_ERRORS_MAX };
  const { coerced, errors } = getVariableValues(schema, sizing, variables, options);
  return errors ? err(errors) : ok(amountOf(price, coerced, new Map()));
}

/** What a selection costs: an amount that is always the same, and parts whose size depends on variables. */
interface Price {
  readonly fixed: number;
  readonly parts: readonly Part[];
}

/** A field or a fragment whose cost depends on variables. */
interface Part {
  readonly sizes: Sizes | SizedField;
  readonly inner: Price;
}

/** Sizes of a field: it costs `own` + `times` x (`each` + inner). */
interface Sizes {
  readonly own: number;
  readonly times: number;
  readonly each: number;
}

/** A field whose sizes depend on its arguments. `field` has those arguments and no others. */
interface SizedField {
  readonly rule: CostRule;
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
  for (const { sizes, inner } of price.parts) {
    const known = 'rule' in sizes ? sizesOf(sizes, variables) : sizes;
    amount += costWith(known, amountOf(inner, variables, amounts));
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
      if ('rule' in part.sizes || part.inner.parts.length > 0) parts.push(part);
      else fixed += costWith(part.sizes, part.inner.fixed);
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
        return { sizes: FREE, inner: this.of(selection.selectionSet, within) };
      }
      case Kind.FRAGMENT_SPREAD:
        return { sizes: FREE, inner: this.ofFragment(selection.name.value) };
    }
  }

  private ofField(node: FieldNode, parent: GraphQLNamedType | undefined): Part {
    const field = isObjectType(parent) ? parent.getFields()[node.name.value] : undefined;
    const inner = node.selectionSet
      ? this.of(node.selectionSet, field && getNamedType(field.type))
      : NOTHING;
    // __typename and introspection.
    if (field === undefined) return { sizes: { ...FREE, each: 1 }, inner };
    return { sizes: this.sizes(field, node, costRule(field, this.isRoot(parent))), inner };
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

  /** The sizes of a field, where the document decides them; else what decides them. */
  private sizes(
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
    rule: CostRule,
  ): Sizes | SizedField {
    const args = field.args.filter(({ name }) => rule.sizing.includes(name));
    const sized = { rule, field: { ...field, args }, node };
    const names = variablesIn(node, args);
    if (names.length === 0) return sizesOf(sized, {});
    for (const name of names) this.sizing.add(name);
    return sized;
  }
}

const NOTHING: Price = { fixed: 0, parts: [] };

const FREE: Sizes = { own: 0, times: 1, each: 0 };

const costWith = ({ own, times, each }: Sizes, inner: number): number =>
  own + times * (each + inner);

/** The variables within the arguments of a field that are among `args`. */
function variablesIn(node: FieldNode, args: readonly GraphQLArgument[]): string[] {
  const names: string[] = [];
  for (const { name, value } of node.arguments ?? [])
    if (args.some((arg) => arg.name === name.value))
      visit(value, { Variable: (variable) => void names.push(variable.name.value) });
  return names;
}

/** The sizes with the values of one request. */
function sizesOf({ rule, field, node }: SizedField, variables: Values): Sizes {
  const values = argumentsOf(field, node, variables);
  // The executor reports a field whose arguments do not fit, and resolves nothing for it.
  if (values === null) return { ...FREE, each: rule.each };
  // What a resolver makes of null is what it does without the argument.
  const sizeOfArgument = (name: string): number =>
    sizeOf(values.get(name) ?? field.args.find((arg) => arg.name === name)?.defaultValue);
  const { own, each } = rule;
  return {
    own: typeof own === 'number' ? own : own.costOf(sizeOfArgument(own.argument)),
    times: rule.times.reduce((times, name) => times * sizeOfArgument(name), 1),
    each,
  };
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

/** The length of a list or the number itself, at least 1. */
function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return Math.max(value.length, 1);
  return typeof value === 'number' && value > 1 ? Math.ceil(value) : 1;
}
