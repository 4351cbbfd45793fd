import { buildSchema, parse } from 'graphql';
import { admit, type OperationAsked } from './admit.js';

const schema = buildSchema(`
  type Query { many(ids: [ID!]!): [Thing] }
  type Thing { count: Int }
`);

const LIMITS = { GRAPHQL_COST_MAX: 110 };
const MANY = 'query ($ids: [ID!]!) { many(ids: $ids) { count } }';

/** The cost of an operation that is admitted, or which check refuses it, why and under which code. */
function verdict(source: string, { operationName, variables }: OperationAsked = {}): unknown {
  const admitted = admit(schema, parse(source), operationName, variables, LIMITS);
  if (admitted.ok) return admitted.value.cost;
  const { check, errors } = admitted.error;
  return [check, errors[0]?.message, errors[0]?.extensions.code];
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `p${at}`);

describe('admit', () => {
  it('admits what costs no more than is allowed, and tells the cost', () => {
    expect(verdict(MANY, { variables: { ids: ids(10) } })).toBe(110);
    expect(verdict(MANY, { variables: { ids: ids(11) } })).toEqual([
      'cost',
      'The operation costs 121; 110 is allowed.',
      'TOO_COMPLEX',
    ]);
  });

  it.each([
    ['a name that the document does not have', 'A', '{ many(ids: []) { count } }'],
    ['an empty name', '', '{ many(ids: []) { count } }'],
    ['a name of Object.prototype', 'constructor', 'query A { many(ids: []) { count } }'],
    ['a fragment', 'F', '{ ...F } fragment F on Query { many(ids: []) { count } }'],
  ])('refuses %s', (_, operationName, document) => {
    const sentence = 'operationName names no operation of the document.';
    expect(verdict(document, { operationName })).toEqual(['operation', sentence, 'BAD_REQUEST']);
  });

  it('refuses to choose among several operations', () => {
    const document = 'query A { many(ids: []) { count } } query B { many(ids: ["a"]) { count } }';
    expect(verdict(document, { operationName: 'B' })).toBe(11);
    for (const operationName of [undefined, null])
      expect(verdict(document, { operationName })).toEqual([
        'operation',
        'operationName is needed: the document does not have exactly one operation.',
        'BAD_REQUEST',
      ]);
  });

  it('refuses variables that do not fit, in the words of graphql-js, 50 at most', () => {
    expect(verdict(MANY)).toEqual([
      'variables',
      'Variable "$ids" of required type "[ID!]!" was not provided.',
      undefined,
    ]);
    const variables = { ids: Array.from({ length: 10_000 }, () => null) };
    const admitted = admit(schema, parse(MANY), null, variables, LIMITS);
    expect(!admitted.ok && admitted.error.errors).toHaveLength(51);
  });
});
