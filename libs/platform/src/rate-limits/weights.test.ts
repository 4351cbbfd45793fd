import { buildSchema, parse } from 'graphql';
import { admit } from '../graphql/admit.js';
import { operationWeight, weighedByList, weighedByQuery } from './weights.js';

const schema = buildSchema(`
  type Query { counters(ids: [ID!]!): [Counter!]! }
  type Mutation { change(changes: [ID!]!): [Counter!]! add: Counter! }
  type Counter { count: Int! name: String! }
`);
const limits = { GRAPHQL_COST_MAX: 1_000_000 };
const ids = (count: number) => ({ ids: Array.from({ length: count }, (_, at) => `p${at}`) });

describe('the weight of an operation', () => {
  it.each([
    ['a query of one', '{ counters(ids: ["a"]) { count } }', {}, 1],
    ['a query of a hundred', 'query($ids: [ID!]!) { counters(ids: $ids) { count } }', ids(100), 22],
    ['a change', 'mutation { add { count name } }', {}, 1],
    ['ten changes', `mutation { ${'abcdefghij'.replace(/./g, '$&: add { count } ')} }`, {}, 11],
    ['a batch', 'mutation($ids: [ID!]!) { change(changes: $ids) { count } }', ids(1000), 1100],
  ])('of %s', (_, text, variables, weight) => {
    const admitted = admit(schema, parse(text), undefined, variables, limits);
    if (!admitted.ok) throw new Error('refused');
    expect(operationWeight(admitted.value.operation, admitted.value.cost)).toBe(weight);
  });
});

describe('the weight of a request', () => {
  it.each<[string, unknown, number]>([
    ['a list', { changes: [1, 2, 3] }, 3],
    ['an empty list', { changes: [] }, 1],
    ['no list', { changes: 'three' }, 1],
    ['nothing', undefined, 1],
    ['another list', [1, 2, 3], 1],
    ['a list of a prototype', Object.create({ changes: [1, 2, 3] }), 1],
  ])('by %s of its body', (_, body, weight) => {
    expect(weighedByList('changes').weightOf({ body, query: {} })).toBe(weight);
  });

  it('by what its address repeats', () => {
    const weightOf = (page: unknown) =>
      weighedByQuery('page').weightOf({ body: null, query: { page } });
    expect([undefined, 'a', ['a'], Array(11).fill('a')].map(weightOf)).toEqual([1, 1, 1, 3]);
  });
});
