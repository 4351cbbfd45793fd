import fc from 'fast-check';
import { NOBODY, isNobody, totalPresence, type Presence } from './presence.js';
import { checkLaw, expectSame } from './testing/laws.js';

/** A register as R1 allows it: whoever is present holds a socket. */
const presence: fc.Arbitrary<Presence> = fc
  .tuple(fc.nat({ max: 1000 }), fc.nat({ max: 1000 }))
  .map(([viewers, more]) => ({ viewers, connections: viewers + more }));
const parts = fc.array(presence, { maxLength: 10 });

describe('presence', () => {
  describe('laws', () => {
    it('adds up to the same in any order (commutative)', () => {
      const mixed = parts.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      );
      checkLaw(mixed, ([all, other]) => {
        expectSame(totalPresence(other), totalPresence(all));
      });
    });

    it('adds up to the same in any grouping, as regions that each add up their gateways (associative)', () => {
      checkLaw(fc.tuple(parts, parts), ([here, there]) => {
        const byRegion = totalPresence([totalPresence(here), totalPresence(there)]);
        expectSame(byRegion, totalPresence([...here, ...there]));
      });
    });

    it('has no more viewers than connections in any total (R1)', () => {
      checkLaw(parts, (all) => {
        const { viewers, connections } = totalPresence(all);
        expectSame(viewers <= connections, true);
      });
    });

    it('is nobody exactly where all parts are (empty)', () => {
      checkLaw(parts, (all) => {
        expectSame(isNobody(totalPresence(all)), all.every(isNobody));
      });
    });
  });

  it('adds viewers to viewers and connections to connections', () => {
    const two = [
      { viewers: 1, connections: 2 },
      { viewers: 3, connections: 7 },
    ];
    expect(totalPresence(two)).toEqual({ viewers: 4, connections: 9 });
    expect(totalPresence([])).toEqual(NOBODY);
  });

  it('is somebody where either number is not 0', () => {
    expect(isNobody({ viewers: 0, connections: 1 })).toBe(false);
    expect(isNobody({ viewers: 1, connections: 0 })).toBe(false);
  });
});
