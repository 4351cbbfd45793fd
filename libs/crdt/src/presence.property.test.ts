import fc from 'fast-check';
import { NOBODY, isNobody, totalPresence, type Presence } from './presence.js';

/** A register as R1 allows it: whoever is present holds a socket. */
const presence: fc.Arbitrary<Presence> = fc
  .tuple(fc.nat({ max: 1000 }), fc.nat({ max: 1000 }))
  .map(([viewers, more]) => ({ viewers, connections: viewers + more }));
const parts = fc.array(presence, { maxLength: 10 });

describe('presence', () => {
  it('adds up to the same in any order', () => {
    const shuffled = parts.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, mixed]) => {
        expect(totalPresence(mixed)).toEqual(totalPresence(all));
      }),
    );
  });

  it('adds up to the same in any grouping, as regions that each add up their gateways', () => {
    fc.assert(
      fc.property(parts, parts, (here, there) => {
        const byRegion = totalPresence([totalPresence(here), totalPresence(there)]);
        expect(byRegion).toEqual(totalPresence([...here, ...there]));
      }),
    );
  });

  it('keeps R1: no total has more viewers than connections', () => {
    fc.assert(
      fc.property(parts, (all) => {
        const { viewers, connections } = totalPresence(all);
        expect(viewers).toBeLessThanOrEqual(connections);
      }),
    );
  });

  it('is nobody exactly where all parts are', () => {
    fc.assert(
      fc.property(parts, (all) => {
        expect(isNobody(totalPresence(all))).toBe(all.every(isNobody));
      }),
    );
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
