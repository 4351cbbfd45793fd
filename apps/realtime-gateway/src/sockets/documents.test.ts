import { buildSchema } from 'graphql';
import { Documents } from './documents.js';

const schema = buildSchema('type Query { a: A } type A { a: A, n: Int }');
const nested = (depth: number): string => `{ ${'a { '.repeat(depth)} n ${'}'.repeat(depth)} }`;

describe('Documents', () => {
  it('gives the same document for the same text', () => {
    const documents = new Documents(true);
    const first = documents.prepare(schema, nested(1));
    const second = documents.prepare(schema, nested(1));
    expect(first.ok && second.ok && first.value === second.value).toBe(true);
  });

  it.each([
    ['no GraphQL', '{'],
    ['a field that is not there', '{ b }'],
    ['too deep a nesting', nested(20)],
    ['too many tokens', `{ ${'a '.repeat(6000)} }`],
  ])('refuses %s', (_, query) => {
    expect(new Documents(true).prepare(schema, query).ok).toBe(false);
  });

  it('shows the schema only where that is allowed', () => {
    const query = '{ __schema { types { name } } }';
    expect(new Documents(true).prepare(schema, query).ok).toBe(true);
    expect(new Documents(false).prepare(schema, query).ok).toBe(false);
  });

  it('keeps no more than so many, and still answers', () => {
    const documents = new Documents(true);
    for (let n = 0; n < 1000; n += 1)
      expect(documents.prepare(schema, `{ f${n}: a { n } }`).ok).toBe(true);
  });
});
