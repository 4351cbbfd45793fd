import fc from 'fast-check';
import { ownerOf } from './ownership.js';

const BUCKETS = 1024;
const all = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
const instances = fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{32}$/), {
  minLength: 1,
  maxLength: 8,
});

describe('ownership', () => {
  it('is the same for everyone, in whatever order the instances are seen', () => {
    fc.assert(
      fc.property(
        instances.chain((seen) =>
          fc.tuple(fc.constant(seen), fc.shuffledSubarray(seen, { minLength: seen.length })),
        ),
        fc.nat({ max: BUCKETS - 1 }),
        ([seen, shuffled], bucket) => {
          expect(ownerOf(bucket, shuffled)).toBe(ownerOf(bucket, seen));
          expect(seen).toContain(ownerOf(bucket, seen));
        },
      ),
    );
  });

  it('moves only what a leaver had, and to a newcomer only what he gets', () => {
    fc.assert(
      fc.property(instances, (seen) => {
        const [leaver = '', ...rest] = seen;
        for (const bucket of all.slice(0, 64)) {
          const before = ownerOf(bucket, seen);
          if (before !== leaver) expect(ownerOf(bucket, rest)).toBe(before);
        }
      }),
    );
  });

  it('gives everyone about the same share', () => {
    fc.assert(
      fc.property(instances, (seen) => {
        const shares = new Map<string, number>();
        for (const bucket of all) {
          const owner = ownerOf(bucket, seen) ?? '';
          shares.set(owner, (shares.get(owner) ?? 0) + 1);
        }
        const fair = BUCKETS / seen.length;
        for (const instance of seen) {
          const share = shares.get(instance) ?? 0;
          // Five standard deviations of a fair draw and some: none of the runs may come near.
          expect(Math.abs(share - fair)).toBeLessThan(6 * Math.sqrt(fair) + 1);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is the same for everyone also where two instances have the same weight', () => {
    // Their weights for bucket 0 are both 3684662648.
    const [one, other] = ['179bb', '54848'].map((name) => name.padStart(32, '0'));
    if (!one || !other) throw new Error('two instances');
    expect([ownerOf(0, [one, other]), ownerOf(0, [other, one])]).toEqual([one, one]);
  });

  it('is nobody’s where there is nobody', () => {
    expect(ownerOf(0, [])).toBeNull();
  });
});
