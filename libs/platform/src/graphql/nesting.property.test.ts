/**
 * Goal    a text is refused exactly where its brackets nest too deeply, whatever strings and comments hold.
 * Method  random texts of tokens, whose depth is known as they are made; held against the lexer of graphql-js.
 */
import fc from 'fast-check';
import { Lexer, Source, TokenKind } from 'graphql';
import { NESTING_MAX, nestingFault } from './nesting.js';

const OPENING = new Set<string>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING = new Set<string>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** As the lexer of graphql-js sees it; null: it gives up. */
function deepest(text: string): number | null {
  const lexer = new Lexer(new Source(text));
  let [depth, most] = [0, 0];
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (OPENING.has(token.kind)) depth += 1;
      if (CLOSING.has(token.kind)) depth -= 1;
      most = Math.max(most, depth);
    }
    return most;
  } catch {
    return null;
  }
}

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.nat(80).map((times) => '{'.repeat(times)) },
  { weight: 2, arbitrary: fc.constantFrom('[', '(', ']', ')', '}', ' a ', '\n', ',') },
  fc.constantFrom(
    '"{{{"',
    '"\\"{"',
    '"""{{ " ""\\""" {{"""',
    '# {{{ " """\n',
    '#"\r',
    '""',
    '"""\\"""{"""',
  ),
  fc.string({ unit: fc.constantFrom('{', '"', '\\', '\n', 'n', '#'), maxLength: 6 }),
);

describe('the nesting of a document', () => {
  it('is what the lexer of graphql-js would count', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        const depth = deepest(text);
        if (depth === null) return;
        expect(nestingFault(text) !== null).toBe(depth > NESTING_MAX);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['{a'.repeat(20_000), '{a(b:'.repeat(1_000), `{a(b:${'['.repeat(5_000)}`])(
    'is refused before the parser sees %.20s',
    (text) => {
      expect(nestingFault(text)?.extensions.code).toBe('TOO_COMPLEX');
    },
  );

  it('takes what the settings may allow', () => {
    expect(nestingFault(`${'{a'.repeat(100)}${'}'.repeat(100)}`)).toBeNull();
  });
});
