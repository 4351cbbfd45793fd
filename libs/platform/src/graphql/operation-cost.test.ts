import { assertObjectType, buildSchema, getOperationAST, parse, type DocumentNode } from 'graphql';
import { COST_EXTENSION, type FieldCost } from './field-cost.js';
import { operationCost } from './operation-cost.js';

const schema = buildSchema(`
  type Query {
    one(id: ID): Thing
    many(ids: [ID!]! = ["a", "b"], more: [ID!]): [Thing]
    top(first: Int = 10): [Thing]
    window(seconds: Int = 60): Thing
  }
  type Mutation { write: Thing }
  type Subscription { manyChanged(ids: [ID!]!): [Thing] }
  type Thing { count: Int name: String version: String parts(first: Int): [Thing] }
`);

/** What resolvers would declare. */
const COSTS: Readonly<Record<string, FieldCost>> = {
  'Query.top': { each: 10, times: 'first' },
  'Query.window': { own: { argument: 'seconds', costOf: (seconds) => seconds / 10 } },
  'Thing.version': { own: 10 },
  'Thing.parts': { own: 5, each: 1, times: 'first' },
};
for (const [name, cost] of Object.entries(COSTS)) {
  const [type = '', field = ''] = name.split('.');
  const found = assertObjectType(schema.getType(type)).getFields()[field];
  if (found) found.extensions = { [COST_EXTENSION]: cost };
}

/** What an operation costs; null: its variables do not fit. */
function costOf(
  source: string | DocumentNode,
  variables: Record<string, unknown> = {},
  operationName?: string,
): number | null {
  const document = typeof source === 'string' ? parse(source) : source;
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('the document has the operation');
  const cost = operationCost(schema, document, operation, variables);
  return cost.ok ? cost.value : null;
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `p${at}`);

describe('the cost of an operation', () => {
  it.each([
    ['{ one { count name } }', 12],
    ['{ one { count __typename } __typename }', 13],
    ['{ a: one { count } b: one { count } }', 22],
    ['mutation { write { count } }', 11],
    ['{ ...f ... { one { count } } } fragment f on Query { one { count } }', 22],
    ['{ ...f ...f } fragment f on Query { ...g ...g } fragment g on Query { one { count } }', 44],
    ['{ one { count @include(if: false) name @skip(if: true) } }', 12],
    ['{ many(ids: ["a", "b", "c"]) { count } }', 33],
    ['{ many { count } }', 22],
    ['{ many(ids: ["a", "b"], more: ["a", "b", "c"]) { count } }', 66],
    ['{ many(ids: []) { count } }', 11],
    ['{ many(ids: "a") { count } }', 11],
    ['{ top { count } }', 110],
    ['{ top(first: 3) { count } }', 33],
    ['{ top(first: -3) { count } }', 11],
    [
      '{ one { parts(first: 5) { count parts(first: 5) { count } } } }',
      10 + 5 + 5 * (1 + 1 + 5 + 5 * 2),
    ],
    ['{ one { version a: version } }', 30],
    ['{ many(ids: ["a", "b"]) { version } }', 40],
    ['{ window { count } }', 7],
    ['{ window(seconds: 600) { count } }', 61],
    ['subscription { manyChanged(ids: ["a", "b"]) { count } }', 22],
    ['{ __schema { types { name } } }', 3],
  ])('of %s is %i', (document, cost) => {
    expect(costOf(document)).toBe(cost);
  });

  it('is that of the variables that were given, or else of their presets', () => {
    const document =
      'query ($ids: [ID!]! = ["a"], $n: Int) { many(ids: $ids) { parts(first: $n) { name } } }';
    expect(costOf(document, { ids: ids(100), n: 7 })).toBe(100 * (10 + 5 + 7 * 2));
    expect(costOf(document, { n: 2 })).toBe(10 + 5 + 2 * 2);
    expect(costOf(document, { ids: 'a' })).toBe(10 + 5 + 2);
    expect(costOf(document)).toBe(17);
  });

  it('is worked out anew for other variables of the same document', () => {
    const document = parse('query ($ids: [ID!]!) { many(ids: $ids) { count } }');
    for (const count of [3, 1, 50]) expect(costOf(document, { ids: ids(count) })).toBe(11 * count);
  });

  it.each(Object.getOwnPropertyNames(Object.prototype))(
    'is that of the preset of a variable called %s, as it is for any other name',
    (name) => {
      const preset = JSON.stringify(ids(100));
      const document = `query ($${name}: [ID!]! = ${preset}) { many(ids: $${name}) { count } }`;
      expect(costOf(document)).toBe(1100);
      expect(costOf(document, JSON.parse(`{ "${name}": ["a"] }`))).toBe(11);
    },
  );

  it('takes lists apart in which variables stand', () => {
    const document = 'query ($a: ID!, $b: [ID!]) { many(ids: [$a, $a], more: $b) { count } }';
    expect(costOf(document, { a: 'x' })).toBe(22);
    expect(costOf(document, { a: 'x', b: ids(5) })).toBe(110);
  });

  it('is that of the list of one that graphql-js makes of a single value', () => {
    const document = 'query ($ids: [ID!]!) { many(ids: $ids) { count } }';
    expect(costOf(document, { ids: 7 })).toBe(11);
    expect(costOf(document, { ids: { length: 1000 } })).toBeNull();
  });

  it('is not known where variables do not fit', () => {
    const document =
      'query ($ids: [ID!]!, $n: Int) { many(ids: $ids) { parts(first: $n) { name } } }';
    for (const variables of [{}, { ids: null }, { ids: [null] }, { ids: [], n: 'many' }])
      expect(costOf(document, variables)).toBeNull();
  });

  it('is that of the operation that is asked for', () => {
    const document = 'query A { one { count } } query B { one { count name } }';
    expect(costOf(document, {}, 'A')).toBe(11);
    expect(costOf(document, {}, 'B')).toBe(12);
  });

  it('takes each fragment once, though these use each other 2^400 times', () => {
    const links = Array.from(
      { length: 400 },
      (_, at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`,
    );
    const document = `{ ...f0 } ${links.join(' ')} fragment f400 on Query { one { count } }`;
    expect(costOf(document)).toBeGreaterThan(1e100);
  });
});
