import { buildSchema, parse, specifiedRules, validate } from 'graphql';
import { documentLimits } from './document-limits.js';

const schema = buildSchema('type Query { a: Query b: Int }');
const faults = (document: string, limits: { depthMax?: number; aliasesMax?: number }): string[] =>
  validate(schema, parse(document), [
    ...specifiedRules,
    documentLimits({ depthMax: 1000, aliasesMax: 1000, ...limits }),
  ]).map(({ message }) => message);

describe('the limit of depth', () => {
  it.each([
    ['{ b }', 1],
    ['{ a { b } }', 2],
    ['{ b a { a { b } } b }', 3],
    ['{ ... { a { ... on Query { b } } } }', 2],
    ['{ ...f } fragment f on Query { a { b } }', 2],
    ['{ a { ...f } } fragment f on Query { a { ...g } } fragment g on Query { b }', 3],
    ['{ a @skip(if: true) { a @include(if: false) { b } } }', 3],
    ['query A { b } query B { a { b } } query C { b }', 2],
    ['{ __schema { types { fields { type { ofType { name } } } } } }', 1],
  ])('finds %s to be %i deep', (document, depth) => {
    expect(faults(document, { depthMax: depth })).toEqual([]);
    expect(faults(document, { depthMax: depth - 1 })).toEqual([
      `The document nests ${depth} levels of fields; ${depth - 1} are allowed.`,
    ]);
  });
});

describe('the limit of aliases', () => {
  it.each([
    ['{ x: b y: b }', 2],
    ['{ b b a { b } a { b b } }', 3],
    ['{ x: a { y: b } }', 2],
    ['{ ...f ...f } fragment f on Query { x: b }', 4],
    ['{ ... { x: b } ... on Query { b } }', 3],
    ['{ a { ...f } x: a { ...f } } fragment f on Query { ...g ...g } fragment g on Query { b }', 7],
    ['{ x: b @skip(if: true) y: b @include(if: false) }', 2],
    ['query A { x: b } query B { x: b }', 2],
  ])('finds %s to have %i', (document, aliases) => {
    expect(faults(document, { aliasesMax: aliases })).toEqual([]);
    expect(faults(document, { aliasesMax: aliases - 1 })).toEqual([
      `The document has ${aliases} aliases, repeated fields and uses of fragments; ${aliases - 1} are allowed.`,
    ]);
  });

  it('counts what is written in fragments that nothing uses', () => {
    const document = '{ b } fragment f on Query { x: b y: b } fragment g on Query { x: b }';
    expect(faults(document, { aliasesMax: 2 })).toEqual([expect.stringContaining('has 3 aliases')]);
  });
});

describe('a document that would take long to judge', () => {
  const chain = (length: number): string =>
    ['{ ...f0 ...f0 }', ...Array.from({ length }, (_, at) => link(at))].join(' ') +
    ` fragment f${length} on Query { b }`;
  const link = (at: number): string =>
    `fragment f${at} on Query { a { ...f${at + 1} } ...f${at + 1} }`;

  it('is measured once a fragment, though these use each other 2^400 times', () => {
    expect(faults(chain(400), { depthMax: 8, aliasesMax: 200 })).toEqual([
      expect.stringContaining('nests 401 levels'),
      expect.stringMatching(/has \d\S+ aliases/),
    ]);
  });

  it('is not looked at by the other rules', () => {
    expect(faults(`{ ${'nothing '.repeat(10)} }`, { aliasesMax: 8 })).toEqual([
      expect.stringContaining('has 9 aliases'),
    ]);
  });

  it('is left to them where fragments are within themselves, or missing', () => {
    const circle = '{ ...f } fragment f on Query { a { ...g } } fragment g on Query { a { ...f } }';
    expect(faults(circle, {})).toEqual([expect.stringContaining('Cannot spread fragment "f"')]);
    expect(faults('{ ...f }', {})).toEqual(['Unknown fragment "f".']);
  });
});
