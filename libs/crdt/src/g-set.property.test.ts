import fc from 'fast-check';
import { NO_ELEMENTS, join, put, type GSet } from './g-set.js';
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
});
