import fc from 'fast-check';
import { glob } from './glob.js';

/** What a pattern means, said as plainly and slowly as can be. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const [first = '', rest] = [pattern[0], pattern.slice(1)];
  if (first === '*') {
    return Array.from({ length: text.length + 1 }, (_, at) => text.slice(at)).some((tail) =>
      naive(rest, tail),
    );
  }
  return text !== '' && text[0] === first && naive(rest, text.slice(1));
}

// Few letters, so that parts repeat and overlap.
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });

describe('a glob', () => {
  it('matches what the naive one does', () => {
    fc.assert(
      fc.property(pattern, text, (one, other) => {
        expect(glob(one)(other)).toBe(naive(one, other));
      }),
      { numRuns: 3000 },
    );
  });

  it('matches every text that its stars are replaced by', () => {
    const anyText = fc.string({ maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(anyText, { minLength: 1 }),
        fc.infiniteStream(anyText),
        (parts, fill) => {
          const filled = parts.reduce((all, part) => `${all}${fill.next().value}${part}`);
          expect(glob(parts.join('*'))(filled)).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['blog/*', 'blog/', true],
    ['blog/*', 'blog', false],
    ['ab*bc', 'abc', false],
    ['a.c', 'abc', false],
    ['[ab]?', 'a1', false],
    ['', '', true],
    ['*', '', true],
  ])('%s of %s: %s', (one, other, matched) => {
    expect(glob(one)(other)).toBe(matched);
  });

  it('is quick with what makes others try for ages', () => {
    const hostile = glob(`${'a*'.repeat(160)}b`);
    const began = performance.now();
    for (let round = 0; round < 1000; round += 1) expect(hostile('a'.repeat(256))).toBe(false);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
