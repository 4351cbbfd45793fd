/** GraphQL requests made from a schema: valid ones, ones with values of wrong types, and hostile ones. */
import fc, { type GeneratorValue } from 'fast-check';
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { RawRequest } from './raw-http.js';
import { anyNumber, anyText, anyTime, wellFormed } from './texts.js';

/** Deepest nesting of fields; the apps allow eight. */
const DEPTH_MAX = 6;

interface GraphqlRequest {
  readonly query: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

/** Requests to `/graphql`, of all kinds. */
export function graphqlRequests(schema: GraphQLSchema): fc.Arbitrary<RawRequest> {
  const written = fc.gen().map((draw) => new Writer(schema, draw).request());
  const spoilt = fc
    .tuple(written, anyText, fc.nat(), fc.nat(60))
    .map(([request, text, at, length]) => ({
      ...request,
      query: cut(String(request.query), at, length, text),
    }));
  const request: fc.Arbitrary<unknown> = fc.oneof(
    { weight: 10, arbitrary: written },
    { weight: 3, arbitrary: spoilt },
    { weight: 2, arbitrary: fc.constantFrom(...hostile(schema)) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );
  return fc.oneof(
    { weight: 12, arbitrary: request.map(posted) },
    { weight: 1, arbitrary: written.map(got) },
    { weight: 1, arbitrary: fc.array(written, { maxLength: 3 }).map(posted) },
  );
}

const posted = (request: unknown): RawRequest => ({
  method: 'POST',
  target: '/graphql',
  headers: [
    ['content-type', 'application/json'],
    ['x-headcount-user', 'ann'],
  ],
  body: JSON.stringify(request) ?? '',
});

/** One operation as a client sends it. */
export const operation = (query: string, variables: object): RawRequest =>
  posted({ query, variables });

const got = ({ query, variables }: GraphqlRequest): RawRequest => ({
  method: 'GET',
  target: `/graphql?query=${encodeURIComponent(wellFormed(String(query)))}&variables=${encodeURIComponent(wellFormed(JSON.stringify(variables) ?? ''))}`,
  headers: [['apollo-require-preflight', '1']],
  body: null,
});

/** The text with a piece of it taken out and another put in. */
function cut(text: string, at: number, length: number, put: string): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + put + text.slice(start + (length % 20));
}

/** Writes one operation: the draws of `draw` decide, so that it comes out the same from the same seed. */
class Writer {
  private readonly variables = new Map<string, { type: string; value: unknown }>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly draw: GeneratorValue,
  ) {}

  request(): GraphqlRequest {
    const roots = [this.schema.getQueryType(), this.schema.getMutationType()].filter(
      (one) => !!one,
    );
    const root = this.one(roots);
    const selection = this.selection(root, 1);
    const declared = [...this.variables].map(([name, { type }]) => `$${name}: ${type}`).join(' ');
    const kind = root === this.schema.getMutationType() ? 'mutation' : 'query';
    return {
      query: `${kind} Q ${declared === '' ? '' : `(${declared})`} ${selection}`,
      variables: Object.fromEntries([...this.variables].map(([name, { value }]) => [name, value])),
      operationName: this.chance(20) ? 'Other' : 'Q',
    };
  }

  private selection(type: GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields()).filter(
      ({ type: of }) => depth < DEPTH_MAX || !isObjectType(getNamedType(of)),
    );
    if (fields.length === 0) return '{ __typename }';
    const count = this.draw(fc.integer, { min: 1, max: depth === 1 ? 2 : 4 });
    const chosen = Array.from(
      { length: count },
      (_, nth) => `f${depth}${nth}: ${this.field(this.one(fields), depth)}`,
    );
    return `{ ${chosen.join(' ')} }`;
  }

  private field({ name, args, type }: GraphQLField<unknown, unknown>, depth: number): string {
    const given = args
      .filter((arg) => (isNonNullType(arg.type) ? !this.chance(30) : this.chance(2)))
      .map((arg) => `${arg.name}: ${this.argument(arg.type)}`);
    const call = given.length === 0 ? name : `${name}(${given.join(', ')})`;
    return `${call} ${this.inner(type, depth)}`;
  }

  private inner(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type);
    if (isObjectType(named)) return this.selection(named, depth + 1);
    return 'getTypes' in named ? '{ __typename }' : '';
  }

  private argument(type: GraphQLInputType): string {
    const value = this.value(type);
    if (this.chance(2)) return literal(value);
    const name = `v${this.variables.size}`;
    this.variables.set(name, { type: String(type), value });
    return `$${name}`;
  }

  private value(type: GraphQLInputType): unknown {
    if (this.chance(25)) return this.draw(fc.jsonValue, { maxDepth: 2 });
    if (isNonNullType(type)) return this.value(type.ofType);
    if (this.chance(12)) return null;
    if (isListType(type)) {
      const length = this.draw(fc.integer, { min: 0, max: 3 });
      return Array.from({ length }, () => this.value(type.ofType));
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || this.chance(2),
      );
      return Object.fromEntries(fields.map((field) => [field.name, this.value(field.type)]));
    }
    if (isEnumType(type)) return this.one(type.getValues()).name;
    return this.draw(() => scalarOf(type.name));
  }

  private one<T>(values: readonly T[]): T {
    return this.draw(fc.constantFrom<T[]>, ...values);
  }

  /** True once in `times`. */
  private chance(times: number): boolean {
    return this.draw(fc.nat, { max: times - 1 }) === 0;
  }
}

function scalarOf(name: string): fc.Arbitrary<unknown> {
  switch (name) {
    case 'Boolean':
      return fc.boolean();
    case 'Int':
    case 'Float':
    case 'SafeInt':
      return anyNumber;
    case 'DateTime':
      return anyTime;
    default:
      return anyText;
  }
}

/** A value in the language of GraphQL, where keys of objects have no quotes. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([key, one]) => `${key}: ${literal(one)}`)
    .join(' ')}}`;
}

/** Requests that ask for too much, or for what there is not. */
function hostile(schema: GraphQLSchema): GraphqlRequest[] {
  const [root = '__typename'] = Object.keys(schema.getQueryType()?.getFields() ?? {});
  const query = (text: string): GraphqlRequest => ({ query: text });
  return [
    query('{ a'.repeat(4000)),
    query(`{ ${'__typename '.repeat(3000)} }`),
    query(`{ ${Array.from({ length: 900 }, (_, at) => `a${at}: __typename`).join(' ')} }`),
    query(`{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }`),
    query(`{ ${root} ${'@skip(if: false) '.repeat(900)} }`),
    query(
      `query (${Array.from({ length: 900 }, (_, at) => `$v${at}: Int`).join(' ')}) { __typename }`,
    ),
    query(`{ ${root}(pageId: "${'x'.repeat(50_000)}") { __typename } }`),
    query(
      '{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }',
    ),
    query('subscription { siteChanged { count } }'),
    query('{ __typename } { __typename }'),
    query('#'.repeat(60_000)),
    query('"""'),
    query('{ a(b: 1e400) }'),
    query(''),
    query('\u0000'),
    { query: 7 },
    { query: ['{ __typename }'] },
    { query: '{ __typename }', variables: 'text' },
    { query: '{ __typename }', variables: [1] },
    { query: '{ __typename }', operationName: {} },
    { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } },
    { query: null, extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
    {
      query: 'query ($a: [ID!]!) { counters(pageIds: $a) { count } }',
      variables: { a: Array.from({ length: 2000 }, String) },
    },
  ];
}
