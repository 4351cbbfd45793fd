/**
 * What a GraphQL document asks of counters, worked out once: which fields, under which names, with which arguments. There is
 * a plan for plain questions alone; whatever is not understood here has none, and the whole executor answers it.
 */
import {
  Kind,
  OperationTypeNode,
  getArgumentValues,
  getNamedType,
  isObjectType,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** An argument: known from the document, or the variable of that name, which may have to be there. */
export type Given =
  { readonly value: unknown } | { readonly variable: string; readonly isDemanded: boolean };

/** A field of a counter, and the name that it has in the answer, as JSON with a colon. */
export interface ShownField {
  readonly label: string;
  readonly field: CounterField;
}

/** A field of Query. */
export type AskedField =
  | { readonly kind: '__typename'; readonly label: string }
  | { readonly kind: 'site'; readonly label: string; readonly shows: readonly ShownField[] }
  | {
      readonly kind: 'counter' | 'counters';
      readonly label: string;
      /** The page of `counter`, the list of pages of `counters`. */
      readonly pages: Given;
      readonly name: Given;
      readonly shows: readonly ShownField[];
    };

/** What one operation of a document asks. */
export interface Plan {
  readonly operation: OperationDefinitionNode;
  readonly document: DocumentNode;
  readonly fields: readonly AskedField[];
}

const COUNTER_FIELDS = [
  '__typename',
  'connections',
  'count',
  'name',
  'pageId',
  'staleRegions',
  'updatedAt',
] as const;
export type CounterField = (typeof COUNTER_FIELDS)[number];
const isCounterField = (name: string): name is CounterField =>
  (COUNTER_FIELDS as readonly string[]).includes(name);

/** Thrown within this file for what is not understood. */
const NOT_PLAIN = new Error('not plain');

/** The plan of an operation of a document that is valid, or null. */
export function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Plan | null {
  try {
    return { operation, document, fields: new Planning(schema, document).of(operation) };
  } catch (cause) {
    if (cause === NOT_PLAIN) return null;
    throw cause;
  }
}

class Planning {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly presets = new Set<string>();
  private readonly demanded = new Set<string>();

  constructor(
    private readonly schema: GraphQLSchema,
    { definitions }: DocumentNode,
  ) {
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.fragments.set(definition.name.value, definition);
  }

  of(operation: OperationDefinitionNode): AskedField[] {
    const query = this.schema.getQueryType();
    if (operation.operation !== OperationTypeNode.QUERY || !query) throw NOT_PLAIN;
    demandPlain(operation.directives);
    for (const each of operation.variableDefinitions ?? []) {
      const { directives, variable, defaultValue, type } = each;
      demandPlain(directives);
      if (type.kind === Kind.NON_NULL_TYPE) this.demanded.add(variable.name.value);
      if (defaultValue) this.presets.add(variable.name.value);
    }
    return [...this.collected([operation.selectionSet], query)].map(([key, nodes]) =>
      this.asked(`${JSON.stringify(key)}:`, nodes, query),
    );
  }

  /** Fields that have one name in the answer are one, whose selections are put together (GraphQL 6.3.2). */
  private asked(label: string, nodes: readonly FieldNode[], query: GraphQLObjectType): AskedField {
    const [node] = nodes;
    const kind = node?.name.value;
    if (kind === '__typename') return { kind, label };
    const field = kind === undefined ? undefined : query.getFields()[kind];
    const type = field && getNamedType(field.type);
    if (!node || !field || !isObjectType(type) || type.name !== 'Counter') throw NOT_PLAIN;
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const shows = [...this.collected(sets, type)].map(([key, [shown]]) => {
      const name = shown?.name.value ?? '';
      if (!isCounterField(name)) throw NOT_PLAIN;
      return { label: `${JSON.stringify(key)}:`, field: name };
    });
    if (kind === 'site') return { kind, label, shows };
    if (kind !== 'counter' && kind !== 'counters') throw NOT_PLAIN;
    const known = new Set([kind === 'counter' ? 'pageId' : 'pageIds', 'name']);
    const given = node.arguments ?? [];
    if (given.some((argument) => !known.has(argument.name.value))) throw NOT_PLAIN;
    // Of those that hang on variables nothing is to be found in the document.
    const literal = given.filter(({ value }) => value.kind !== Kind.VARIABLE);
    const args = field.args.filter(({ name }) => !this.isVariable(given, name));
    const values = getArgumentValues({ ...field, args }, { ...node, arguments: literal });
    const argument = (name: string): Given => {
      const value = given.find((one) => one.name.value === name)?.value;
      if (value?.kind !== Kind.VARIABLE) return { value: values[name] };
      // What stands in for a variable is the executor's to know.
      if (this.presets.has(value.name.value)) throw NOT_PLAIN;
      const variable = value.name.value;
      return { variable, isDemanded: this.demanded.has(variable) };
    };
    const pages = argument(kind === 'counter' ? 'pageId' : 'pageIds');
    return { kind, label, pages, name: argument('name'), shows };
  }

  private isVariable(given: NonNullable<FieldNode['arguments']>, name: string): boolean {
    return given.some((one) => one.name.value === name && one.value.kind === Kind.VARIABLE);
  }

  private collected(
    sets: readonly SelectionSetNode[],
    type: GraphQLObjectType,
    found = new Map<string, FieldNode[]>(),
  ): Map<string, FieldNode[]> {
    for (const selection of sets.flatMap(({ selections }) => selections)) {
      demandPlain(selection.directives);
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        found.set(key, [...(found.get(key) ?? []), selection]);
        continue;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? this.fragments.get(selection.name.value)
          : selection;
      if (!fragment) throw NOT_PLAIN;
      demandPlain(fragment.directives);
      const condition = fragment.typeCondition?.name.value ?? type.name;
      if (condition !== type.name) throw NOT_PLAIN;
      this.collected([fragment.selectionSet], type, found);
    }
    return found;
  }
}

function demandPlain(directives: readonly unknown[] = []): void {
  if (directives.length > 0) throw NOT_PLAIN;
}
