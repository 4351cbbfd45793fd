import { bucketOf, hash32 } from './hash.js';

/** Computed by a separate program; the FNV-1a halves agree with its authors' published vectors. */
const PINNED: readonly (readonly [string, number, number])[] = [
  ['', 2872998923, 11],
  ['a', 444641715, 435],
  ['foobar', 202221276, 732],
  ['@site', 3235953497, 857],
  ['/articles/1', 1904934283, 395],
  ['page-1', 3423659662, 654],
  ['größe', 3449927484, 828],
  ['日本語', 3932500114, 146],
  ['😀', 855877642, 10],
];

describe('hash32', () => {
  it.each(PINNED)('keeps its value for "%s"', (text, hash, bucket) => {
    expect(hash32(text)).toBe(hash);
    expect(bucketOf(text, 1024)).toBe(bucket);
  });

  it('spreads alike names evenly over the buckets', () => {
    const pages = 64_000;
    const sizes = new Array<number>(64).fill(0);
    for (let page = 0; page < pages; page += 1) {
      const bucket = bucketOf(`/articles/${page}`, 64);
      sizes[bucket] = (sizes[bucket] ?? 0) + 1;
    }
    const expected = pages / 64;
    const chiSquare = sizes.reduce((sum, size) => sum + (size - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: an even spread passes 103 once in a thousand times.
    expect(chiSquare).toBeLessThan(103);
  });
});
