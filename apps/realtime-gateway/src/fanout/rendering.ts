/**
 * Executes an operation without an executor: what a selection shows of an event is settled when the operation is known, down
 * to the text between the values. Made for results that are shown to many, again and again; `execute` of graphql-js stays the
 * rule for what they are, and is asked wherever this would not be sure (GraphQL specification, section 6.3 and 6.4).
 */
import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  getArgumentValues,
  getDirectiveValues,
  getOperationAST,
  getVariableValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  typeFromAST,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

/** An operation as `execute` takes it. */
export interface Rendered {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The result for an event as JSON, `{"data":…}`; null: there is something in it that only `execute` can tell. The arguments
 * of the root field come with the event, so that all whose operations differ in them alone may share a rendering.
 */
export type Rendering = (event: unknown, args: Arguments) => string | null;
type Arguments = Readonly<Record<string, unknown>>;

/** A context and what `execute` tells of itself, for functions that need neither; who does throws, and is left to `execute`. */
const NOWHERE = undefined as never;

/** A value as JSON. Throws what it does not know how to show. */
type Show = (value: unknown) => string;

/** How the root field of an operation is rendered; null: this operation is not for here. */
export function renderingOf(
  schema: GraphQLSchema,
  { document, operationName, variables }: Rendered,
): Rendering | null {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return null;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (coerced === undefined) return null;
  const compiler = new Compiler(schema, document, coerced);
  try {
    const show = compiler.root(root, operation.selectionSet);
    return (event, args) => {
      try {
        return `{"data":${show(event, args)}}`;
      } catch {
        // Whatever goes wrong on the way, `execute` tells it as it should be told.
        return null;
      }
    };
  } catch (cause) {
    if (cause instanceof NotForHere) return null;
    throw cause;
  }
}

class NotForHere extends Error {}

class Compiler {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly variables: Record<string, unknown>,
  ) {
    const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    this.fragments = new Map(
      (fragments as FragmentDefinitionNode[]).map((each) => [each.name.value, each]),
    );
  }

  /** A selection with the one field that gives an event its form. */
  root(
    type: GraphQLObjectType,
    selection: SelectionSetNode,
  ): (event: unknown, args: Arguments) => string {
    const fields = [...this.collect(type, [selection])];
    const [[key, nodes] = ['', []]] = fields;
    const name = nodes[0]?.name.value ?? '';
    const field = type.getFields()[name];
    // Without a resolver it would be a property of the event.
    if (fields.length !== 1 || !field?.resolve) throw new NotForHere();
    const { resolve } = field;
    const head = `{${JSON.stringify(key)}:`;
    const show = this.show(field.type, nodes);
    return (event, args) => `${head}${show(atHand(resolve(event, args, NOWHERE, NOWHERE)))}}`;
  }

  private show(type: GraphQLOutputType, nodes: readonly FieldNode[]): Show {
    if (isNonNullType(type)) return this.showPresent(type.ofType, nodes);
    const present = this.showPresent(type, nodes);
    return (value) => (value === null || value === undefined ? 'null' : present(value));
  }

  /** For what is there: null and undefined throw. */
  private showPresent(type: GraphQLOutputType, nodes: readonly FieldNode[]): Show {
    if (isListType(type)) {
      const show = this.show(type.ofType, nodes);
      return (value) => {
        if (!Array.isArray(value)) throw new NotForHere();
        return `[${value.map(show).join()}]`;
      };
    }
    if (isLeafType(type)) return (value) => leaf(type.serialize(demand(value)));
    if (!isObjectType(type)) throw new NotForHere();
    const show = this.showObject(type, nodes);
    const { isTypeOf } = type;
    if (!isTypeOf) return show;
    return (value) => {
      if (isTypeOf(value, NOWHERE, NOWHERE) !== true) throw new NotForHere();
      return show(value);
    };
  }

  private showObject(type: GraphQLObjectType, nodes: readonly FieldNode[]): Show {
    const selections = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const fields = [...this.collect(type, selections)].map(([key, own], at) => ({
      head: `${at === 0 ? '{' : ','}${JSON.stringify(key)}:`,
      show: this.showField(type, own),
    }));
    if (fields.length === 0) return (value) => (demand(value), '{}');
    return (value) => {
      const object = demand(value);
      let text = '';
      for (const { head, show } of fields) text += head + show(object);
      return `${text}}`;
    };
  }

  /** A field of an object that is given. */
  private showField(type: GraphQLObjectType, nodes: readonly FieldNode[]): Show {
    const [node] = nodes;
    if (node === undefined) throw new NotForHere();
    const name = node.name.value;
    if (name === '__typename') return () => JSON.stringify(type.name);
    const field = type.getFields()[name];
    if (field === undefined) throw new NotForHere();
    const show = this.show(field.type, nodes);
    const { resolve } = field;
    if (!resolve) return (object) => show(atHand((object as Record<string, unknown>)[name]));
    const args = getArgumentValues(field, node, this.variables);
    return (object) => show(atHand(resolve(object, args, NOWHERE, NOWHERE)));
  }

  /** CollectFields of the specification, section 6.3.2. */
  private collect(
    type: GraphQLObjectType,
    selections: readonly SelectionSetNode[],
    into = new Map<string, FieldNode[]>(),
    seen = new Set<string>(),
  ): Map<string, FieldNode[]> {
    for (const node of selections.flatMap((each) => each.selections)) {
      if (!this.isIncluded(node)) continue;
      if (node.kind === Kind.FIELD) {
        const key = (node.alias ?? node.name).value;
        into.set(key, [...(into.get(key) ?? []), node]);
        continue;
      }
      const name = node.kind === Kind.FRAGMENT_SPREAD ? node.name.value : null;
      if (name !== null && seen.has(name)) continue;
      if (name !== null) seen.add(name);
      const fragment = node.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(name ?? '') : node;
      if (fragment === undefined) throw new NotForHere();
      if (this.applies(fragment.typeCondition, type))
        this.collect(type, [fragment.selectionSet], into, seen);
    }
    return into;
  }

  private isIncluded(node: SelectionSetNode['selections'][number]): boolean {
    const skip = getDirectiveValues(GraphQLSkipDirective, node, this.variables);
    const include = getDirectiveValues(GraphQLIncludeDirective, node, this.variables);
    return skip?.['if'] !== true && include?.['if'] !== false;
  }

  private applies(
    condition: FragmentDefinitionNode['typeCondition'] | undefined,
    type: GraphQLObjectType,
  ): boolean {
    if (condition === undefined) return true;
    const named = typeFromAST(this.schema, condition);
    if (named === type) return true;
    // A fragment on an interface or a union.
    if (named !== undefined && !isObjectType(named)) throw new NotForHere();
    return false;
  }
}

/** What is not still to come. What comes is left to `execute`, which asks for it anew; here nobody would hear that it fails. */
function atHand(value: unknown): unknown {
  if (!(value instanceof Promise)) return value;
  value.catch(() => undefined);
  throw new NotForHere();
}

/** What is there by now: nothing that is missing, and nothing that is still to come. */
function demand(value: unknown): unknown {
  const isThere = value !== null && value !== undefined && typeof value !== 'function';
  if (!isThere) throw new NotForHere();
  return atHand(value);
}

function leaf(serialized: unknown): string {
  if (typeof serialized === 'number' && Number.isFinite(serialized)) return String(serialized);
  return JSON.stringify(demand(serialized));
}
