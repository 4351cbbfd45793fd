import { buildSchema, parse, validate } from 'graphql';
import { depthLimit } from './depth-limit.js';

const schema = buildSchema('type Query { a: Query b: Int }');
const faults = (document: string, max: number): string[] =>
  validate(schema, parse(document), [depthLimit(max)]).map(({ message }) => message);

describe('the limit of depth', () => {
  it.each([
    ['{ b }', 1],
    ['{ a { b } }', 2],
    ['{ b a { a { b } } b }', 3],
    ['{ ... { a { ... on Query { b } } } }', 2],
    ['{ ...f } fragment f on Query { a { b } }', 2],
    ['{ a { ...f } } fragment f on Query { a { ...g } } fragment g on Query { b }', 3],
    ['{ __schema { types { fields { type { ofType { name } } } } } }', 1],
  ])('finds %s to be %i deep', (document, depth) => {
    expect(faults(document, depth)).toEqual([]);
    expect(faults(document, depth - 1)).toEqual([
      `The document nests ${depth} levels of fields; ${depth - 1} are allowed.`,
    ]);
  });

  it('ends where fragments are within themselves', () => {
    const document =
      '{ ...f } fragment f on Query { a { ...g } } fragment g on Query { a { ...f } }';
    expect(faults(document, 8)).toEqual([]);
  });

  it('says nothing of fragments that are not there', () => {
    expect(faults('{ ...f }', 8)).toEqual([]);
  });

  it('holds each operation to it', () => {
    expect(faults('query A { b } query B { a { b } } query C { a { b } }', 1)).toHaveLength(2);
  });
});
