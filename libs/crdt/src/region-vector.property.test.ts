import fc from 'fast-check';
import { checkLaw, expectSame } from './testing/laws.js';
import { incarnation } from './testing/writers.js';
import { coversRegions, joinRegionVectors, type RegionVector } from './region-vector.js';

const REGIONS = ['ams', 'fra', 'sin'];
const version = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.nat(3))
  .map(([life, seq]) => ({ incarnation: incarnation(life), seq }));
const vectors: fc.Arbitrary<RegionVector> = fc
  .tuple(...REGIONS.map(() => fc.option(version)))
  .map((versions) => {
    const vector = new Map<string, { incarnation: string; seq: number }>();
    versions.forEach((one, at) => one && vector.set(REGIONS[at] ?? '', one));
    return vector;
  });

/** A version as one number, so that order is that of numbers. */
const rank = (vector: RegionVector, region: string): number => {
  const held = vector.get(region);
  return held
    ? [1, 2, 3].findIndex((life) => incarnation(life) === held.incarnation) * 10 + held.seq
    : -1;
};

describe('region vector', () => {
  describe('laws', () => {
    it('joins to the later of each (least upper bound)', () => {
      checkLaw(fc.tuple(vectors, vectors), ([left, right]) => {
        const joined = joinRegionVectors(left, right);
        for (const region of REGIONS) {
          expectSame(rank(joined, region), Math.max(rank(left, region), rank(right, region)));
        }
      });
    });

    it('covers what is nowhere later (order)', () => {
      checkLaw(fc.tuple(vectors, vectors), ([vector, other]) => {
        const isNoLater = REGIONS.every((region) => rank(other, region) <= rank(vector, region));
        expectSame(coversRegions(vector, other), isNoLater);
      });
    });
  });
});
