import { buildSchema } from 'graphql';
import { DOCUMENT_LENGTH_MAX, OPERATION_NAME_LENGTH_MAX, Plans, type Asked } from './plans.js';

const schema = buildSchema(`
  type Query { counter(pageId: ID!): Counter! counters(pageIds: [ID!]!): [Counter!]! }
  type Counter { pageId: ID! count: Int! }
`);
const limits = {
  ...{ GRAPHQL_TOKENS_MAX: 5000, GRAPHQL_DEPTH_MAX: 8 },
  ...{ GRAPHQL_ALIASES_MAX: 200, GRAPHQL_COST_MAX: 110 },
};

/** The plan of a document that comes for the second time. */
function planOf(plans: Plans, asked: Partial<Asked> & { readonly query: string }) {
  const whole = { operationName: undefined, variables: {}, ...asked };
  plans.of(whole);
  return plans.of(whole);
}

const pages = (count: number) => Array.from({ length: count }, (_, at) => `p${at}`);

describe('Plans', () => {
  it('gives a plan for a document that comes again, as long as it costs no more than is allowed', () => {
    const plans = new Plans(schema, limits);
    const query = 'query ($p: [ID!]!) { counters(pageIds: $p) { count } }';
    const costing = (count: number) => planOf(plans, { query, variables: { p: pages(count) } });
    expect(costing(10)).not.toBeNull();
    expect(costing(11)).toBeNull();
    expect(costing(10)).not.toBeNull();
  });

  it('knows a document from another that begins with the name of an operation', () => {
    const plans = new Plans(schema, limits);
    const query = 'A($p: [ID!]!) { counters(pageIds: $p) { count } }';
    const variables = { p: pages(1) };
    expect(planOf(plans, { query: `query ${query}`, variables })).not.toBeNull();
    for (const operationName of ['query', 'query A', 'A', ''])
      expect(planOf(plans, { query, operationName, variables: { p: pages(1000) } })).toBeNull();
    const all = `query ${query}`;
    for (const at of [1, 5, 6, 7, 20]) {
      const split = { operationName: all.slice(0, at), query: all.slice(at), variables };
      expect(planOf(plans, split)).toBeNull();
      expect(planOf(plans, { ...split, query: all.slice(at + 1) })).toBeNull();
    }
  });

  it('costs the operation that it answers', () => {
    const plans = new Plans(schema, limits);
    const query =
      'query A { counter(pageId: "a") { count } } query B($p: [ID!]!) { counters(pageIds: $p) { count } }';
    const variables = { p: pages(11) };
    expect(planOf(plans, { query, operationName: 'A', variables })).not.toBeNull();
    expect(planOf(plans, { query, operationName: 'B', variables })).toBeNull();
    expect(planOf(plans, { query, operationName: 'C', variables })).toBeNull();
    expect(planOf(plans, { query, variables })).toBeNull();
  });

  it('costs presets under every name of Object.prototype', () => {
    const plans = new Plans(schema, limits);
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      const preset = JSON.stringify(pages(11));
      const query = `query ($${name}: [ID!]! = ${preset}) { counters(pageIds: $${name}) { count } }`;
      expect(planOf(plans, { query })).toBeNull();
    }
  });

  it('keeps neither long documents nor long names of operations', () => {
    const plans = new Plans(schema, limits);
    const named = (length: number) => {
      const operationName = 'a'.repeat(length);
      const query = `query ${operationName} { counter(pageId: "a") { count } }`;
      return planOf(plans, { query, operationName });
    };
    expect(named(OPERATION_NAME_LENGTH_MAX)).not.toBeNull();
    expect(named(OPERATION_NAME_LENGTH_MAX + 1)).toBeNull();
    const query = '{ counter(pageId: "a") { count } }';
    expect(planOf(plans, { query: query.padEnd(DOCUMENT_LENGTH_MAX) })).not.toBeNull();
    expect(planOf(plans, { query: query.padEnd(DOCUMENT_LENGTH_MAX + 1) })).toBeNull();
  });
});
