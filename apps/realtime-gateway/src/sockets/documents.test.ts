import { buildSchema, type GraphQLError } from 'graphql';
import { TEST_SIGNING_KEYS } from '@headcount/testing';
import { loadGatewayConfig } from '../gateway-settings.js';
import { Documents, type DocumentAsked } from './documents.js';

const schema = buildSchema('type Query { a(n: [ID]): A } type A { a: A, n: Int }');
const nested = (depth: number): string => `{ ${'a { '.repeat(depth)} n ${'}'.repeat(depth)} }`;

const made = (isOpen = true, env: Record<string, string> = {}): Documents =>
  new Documents({ limits: loadGatewayConfig({ SIGNING_KEYS: TEST_SIGNING_KEYS, ...env }), isOpen });

/** What is wrong with an operation; null: nothing. */
const refusalOf = (documents: Documents, asked: DocumentAsked): GraphQLError | null => {
  const admitted = documents.admit(schema, asked);
  return admitted.ok ? null : (admitted.error[0] ?? null);
};

describe('Documents', () => {
  it('gives the same document for the same text', () => {
    const documents = made();
    const first = documents.prepare(schema, nested(1));
    const second = documents.prepare(schema, nested(1));
    expect(first.ok && second.ok && first.value === second.value).toBe(true);
  });

  it.each([
    ['no GraphQL', '{', undefined],
    ['a field that is not there', '{ b }', undefined],
    ['too many tokens', `{ ${'a '.repeat(6000)} }`, undefined],
    ['too deep a nesting', nested(20), 'TOO_COMPLEX'],
    ['too deep a nesting for the parser', nested(4900), 'TOO_COMPLEX'],
    ['too many aliases', `{ a { ${'x: n '.repeat(201)} } }`, 'TOO_COMPLEX'],
  ])('refuses %s', (_, query, code) => {
    const outcome = made(true, {
      GRAPHQL_TOKENS_MAX: query.includes('{ a {') ? '10000' : '',
    }).prepare(schema, query);
    expect(outcome.ok ? null : outcome.error[0]?.extensions.code).toBe(code);
  });

  it('refuses operations that cost too much, by their variables', () => {
    const documents = made(true, { GRAPHQL_COST_MAX: '100' });
    const query = 'query ($n: [ID]) { a(n: $n) { n } }';
    const costing = (count: number) =>
      refusalOf(documents, { query, variables: { n: Array(count).fill('x') } });
    expect(costing(9)).toBeNull();
    expect(costing(10)?.extensions.code).toBe('TOO_COMPLEX');
    expect(costing(9)).toBeNull();
  });

  it('refuses an operation that is not there', () => {
    expect(refusalOf(made(), { query: '{' })?.extensions.code).toBeUndefined();
    const asked = { query: nested(1), operationName: 'other' };
    expect(refusalOf(made(), asked)?.extensions.code).toBe('BAD_REQUEST');
  });

  it('refuses what costs too much by a preset, whatever the variable is called', () => {
    const documents = made(true, { GRAPHQL_COST_MAX: '100' });
    const preset = JSON.stringify(Array(10).fill('x'));
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      const query = `query ($${name}: [ID] = ${preset}) { a(n: $${name}) { n } }`;
      expect(refusalOf(documents, { query })?.extensions.code).toBe('TOO_COMPLEX');
    }
  });

  it('shows the schema only where that is allowed, and hints at it only there', () => {
    const query = '{ __schema { types { name } } }';
    expect(made().prepare(schema, query).ok).toBe(true);
    expect(made(false).prepare(schema, query).ok).toBe(false);
    const told = (documents: Documents): unknown => documents.prepare(schema, '{ a { nn } }');
    expect(told(made())).toMatchObject({ error: [{ message: expect.stringContaining('"n"') }] });
    expect(told(made(false))).toMatchObject({
      error: [{ message: 'Cannot query field "nn" on type "A".' }],
    });
  });

  it('keeps no more than so many, and still answers', () => {
    const documents = made();
    for (let n = 0; n < 1000; n += 1)
      expect(documents.prepare(schema, `{ f${n}: a { n } }`).ok).toBe(true);
  });
});
