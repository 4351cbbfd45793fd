import fc from 'fast-check';
import { NO_ELEMENTS, decode, encode, join, put, type GSet } from './g-set.js';
import { checkLaw, expectSame, itObeysTheLaws, shuffled } from './testing/laws.js';

const element = fc.constantFrom('ams', 'fra', '__proto__', 'é');

describe('G-set', () => {
  describe('laws', () => {
    itObeysTheLaws<GSet, string>({
      empty: NO_ELEMENTS,
      join,
      holds: (larger, smaller) => [...smaller].every((one) => larger.has(one)),
      change: element,
      delta: (set, { change }) => put(set, change),
      shows: (after, { change }) => after.has(change),
      encode,
      decode,
    });

    it('holds just what was ever put in, whoever did so, however often (exact)', () => {
      checkLaw(
        fc.tuple(fc.array(element, { maxLength: 8, size: 'max' }), fc.nat()),
        ([chosen, seed]) => {
          const deltas = chosen.map((one) => put(NO_ELEMENTS as GSet, one));
          expectSame(shuffled(deltas, 2, seed).reduce(join, NO_ELEMENTS), new Set(chosen));
        },
      );
    });
  });

  it('puts in by a delta of one element, and by nothing what is in', () => {
    const regions: GSet = new Set(['ams']);
    expect(put(regions, 'fra')).toEqual(new Set(['fra']));
    expect(put(regions, 'ams')).toEqual(NO_ELEMENTS);
    expect(regions).toEqual(new Set(['ams']));
  });

  it.each([
    ['an empty element', [''], '$[0]'],
    ['an element that is too long', ['a'.repeat(513)], '$[0]'],
    ['an element that is no text', ['a', 1], '$[1]'],
    ['an element twice', ['a', 'a'], '$'],
    ['a list with a hole', new Array(1), '$[0]'],
  ])('refuses to read %s', (_, input, path) => {
    expect(decode(input)).toMatchObject({ ok: false, error: { code: 'MALFORMED', path } });
  });
});
