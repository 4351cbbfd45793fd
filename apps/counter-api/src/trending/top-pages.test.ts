import fc from 'fast-check';
import { topPages } from './top-pages.js';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('the top of all buckets', () => {
  it('has who gained most first, of equals the first by the bytes of its id', () => {
    const rows = [
      { pageId: '\u{1F600}', gain: 3 },
      { pageId: '\uFB00', gain: 3 },
      { pageId: 'b', gain: 1 },
      { pageId: 'a', gain: 1 },
      { pageId: 'most', gain: 5 },
      { pageId: 'ab', gain: 3 },
      { pageId: 'a', gain: 3 },
    ];
    const ids = topPages(rows, 6).map(({ pageId, gain }) => `${pageId} ${gain}`);
    expect(ids).toEqual(['most 5', 'a 3', 'ab 3', '\uFB00 3', '\u{1F600} 3', 'a 1']);
  });

  it('is that of each bucket put together, whichever order the bytes say', () => {
    const row = fc.record({
      pageId: fc.string({ unit: 'binary', minLength: 1 }),
      gain: fc.integer({ min: 1, max: 3 }),
    });
    const bucket = fc.uniqueArray(row, { selector: ({ pageId }) => pageId });
    fc.assert(
      fc.property(fc.array(bucket, { maxLength: 4 }), fc.integer({ min: 1, max: 9 }), (all, n) => {
        const plain = all
          .flat()
          .sort(
            (left, right) =>
              right.gain - left.gain || Buffer.compare(bytes(left.pageId), bytes(right.pageId)),
          );
        const tops = all.flatMap((rows) => topPages(rows, n));
        expect(topPages(tops, n)).toEqual(plain.slice(0, n));
      }),
    );
  });
});
