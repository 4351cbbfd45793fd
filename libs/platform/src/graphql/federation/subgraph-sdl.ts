/** What a supergraph is composed from: the schema of an app in the language of Apollo Federation 2. */
import {
  Kind,
  parse,
  print,
  printSchema,
  visit,
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
} from 'graphql';

/** The entities of an app. */
export interface SubgraphEntities {
  /** Type -> the fields that it is known by. */
  readonly keys: Readonly<Record<string, string>>;
  /** Whether the app finds them by their keys (`_entities`); else it only shows them. */
  readonly resolvable: boolean;
}

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

/** What belongs to the machinery of federation, and to no supergraph. */
const MACHINERY = new Set(['_Any', '_Entity', '_Service', '_entities', '_service']);

/**
 * The schema with its entities marked. Object types are shareable: what several apps show under one name is one class of
 * ours, or made from one, so whichever answers says the same. Fields of root types belong to one app each.
 */
export function subgraphSdl(schema: GraphQLSchema, entities: SubgraphEntities): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const isRoot = (name: string): boolean => roots.some((root) => root?.name === name);
  const leaveOut = (node: { readonly name: { readonly value: string } }) =>
    MACHINERY.has(node.name.value) ? null : undefined;
  const shown = visit(parse(printSchema(schema)), {
    [Kind.SCALAR_TYPE_DEFINITION]: leaveOut,
    [Kind.UNION_TYPE_DEFINITION]: leaveOut,
    [Kind.FIELD_DEFINITION]: (node: FieldDefinitionNode) => leaveOut(node),
    [Kind.OBJECT_TYPE_DEFINITION]: {
      leave: (node) => {
        const { value: name } = node.name;
        if (MACHINERY.has(name)) return null;
        return isRoot(name) ? undefined : { ...node, directives: marksOf(name, entities) };
      },
    },
  });
  return `${LINK}\n\n${print(shown)}\n`;
}

function marksOf(type: string, { keys, resolvable }: SubgraphEntities): ConstDirectiveNode[] {
  const key = keys[type];
  const found = resolvable ? '' : ', resolvable: false';
  const marks = key === undefined ? '' : `@key(fields: "${key}"${found}) `;
  const { definitions } = parse(`type T ${marks}@shareable { f: Int }`);
  const [definition] = definitions;
  return definition?.kind === Kind.OBJECT_TYPE_DEFINITION ? [...(definition.directives ?? [])] : [];
}
