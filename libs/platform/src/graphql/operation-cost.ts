import {
  GraphQLError,
  Kind,
  getNamedType,
  getNullableType,
  getOperationAST,
  isListType,
  isObjectType,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { TOO_COMPLEX } from './document-limits.js';

/** Which operation of a document is asked for, and with what. Variables are as they came. */
export interface OperationAsked {
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What a field of a root type costs: it reads something, where every other one shows what was read. */
const READ_COST = 10;

/**
 * What an operation of a valid document costs: 10 for a field of a root type, 1 for every other, each as often as the lists
 * demand that it stands in. How long a list will be is what its field is asked for: the length of an argument that is
 * a list, or the number `first`. `@include` and `@skip` make no difference. 0 for an operation that there is not.
 * Cost O(document), each fragment once; nothing for one seen before whose lists do not hang on variables.
 */
export function operationCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables }: OperationAsked,
): number {
  const operation = getOperationAST(document, operationName);
  if (!operation) return 0;
  const known = fixedCosts.get(operation);
  if (known !== undefined) return known;
  const costing = new Costing(schema, document, withPresets(operation, variables ?? {}));
  const root = schema.getRootType(operation.operation) ?? undefined;
  const cost = costing.of(operation.selectionSet, root);
  if (costing.isFixed) fixedCosts.set(operation, cost);
  return cost;
}

/** The error of an operation that costs more than is allowed, or null. */
export function costRefusal(
  schema: GraphQLSchema,
  document: DocumentNode,
  asked: OperationAsked,
  costMax: number,
): GraphQLError | null {
  const cost = operationCost(schema, document, asked);
  if (cost <= costMax) return null;
  const told = `The operation costs ${cost}; ${costMax} is allowed.`;
  return new GraphQLError(told, { extensions: { code: TOO_COMPLEX, http: { status: 400 } } });
}

/** By operations of documents that are kept. */
const fixedCosts = new WeakMap<OperationDefinitionNode, number>();

class Costing {
  /** Whether the cost is the same with other variables. */
  isFixed = true;
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly known = new Map<string, number>();

  constructor(
    private readonly schema: GraphQLSchema,
    { definitions }: DocumentNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.fragments.set(definition.name.value, definition);
  }

  of({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): number {
    return selections.reduce((sum, selection) => sum + this.ofOne(selection, parent), 0);
  }

  private ofOne(selection: SelectionNode, parent: GraphQLNamedType | undefined): number {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.ofField(selection, parent);
      case Kind.INLINE_FRAGMENT: {
        const type = selection.typeCondition?.name.value;
        const within = type === undefined ? parent : this.schema.getType(type);
        return this.of(selection.selectionSet, within);
      }
      case Kind.FRAGMENT_SPREAD:
        return this.ofFragment(selection.name.value);
    }
  }

  private ofField(node: FieldNode, parent: GraphQLNamedType | undefined): number {
    const field = isObjectType(parent) ? parent.getFields()[node.name.value] : undefined;
    const own = field !== undefined && this.isRoot(parent) ? READ_COST : 1;
    const inner = node.selectionSet
      ? this.of(node.selectionSet, field && getNamedType(field.type))
      : 0;
    return (field === undefined ? 1 : this.timesOf(field, node)) * (own + inner);
  }

  private ofFragment(name: string): number {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    if (fragment === undefined) return 0;
    this.known.set(name, 0);
    const type = this.schema.getType(fragment.typeCondition.name.value);
    const cost = this.of(fragment.selectionSet, type);
    this.known.set(name, cost);
    return cost;
  }

  private isRoot(type: GraphQLNamedType | undefined): boolean {
    const { schema } = this;
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    return roots.some((root) => root !== undefined && root === type);
  }

  /** How many entries a field is asked for, at least 1. */
  private timesOf({ args }: GraphQLField<unknown, unknown>, node: FieldNode): number {
    let times = 1;
    for (const { name, type, defaultValue } of args) {
      const isList = isListType(getNullableType(type));
      if (!isList && name !== 'first') continue;
      const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
      if (given?.kind === Kind.VARIABLE) this.isFixed = false;
      const value = given && valueFromASTUntyped(given, this.variables);
      times *= isList ? lengthOf(value ?? defaultValue) : numberOf(value ?? defaultValue);
    }
    return times;
  }
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? Math.max(value.length, 1) : 1);

const numberOf = (value: unknown): number =>
  typeof value === 'number' && value > 1 ? Math.ceil(value) : 1;

/** The variables, and what the operation says of those that were not given. */
function withPresets(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const presets = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue === undefined || variables[variable.name.value] !== undefined
      ? []
      : [[variable.name.value, valueFromASTUntyped(defaultValue)] as const],
  );
  return presets.length === 0 ? variables : { ...variables, ...Object.fromEntries(presets) };
}
