/**
 * What holds for every datagram: it comes back as it was, fits, splits without a gap, and nothing
 * throws.
 */
import fc from 'fast-check';
import { err, judge, ok } from '@headcount/crdt';
import {
  DATAGRAM_BYTES_MAX,
  MAC_BYTES,
  withMac,
  type Datagram,
  type DatagramRoute,
  type FeedSection,
  type ReceivedSection,
} from './datagram.js';
import { decodeDatagram, misplaced, type VerifyDatagram } from './datagram-decode.js';
import { encodeFeedDatagrams, encodeHave } from './datagram-encode.js';
import { bucketOf } from './hash.js';
import { instanceIdOf } from './instance-id.js';
import { parsePageId } from './page-id.js';

const instance = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(instanceIdOf);
const route: fc.Arbitrary<DatagramRoute> = fc.record({
  keyId: fc.stringMatching(/^[A-Za-z0-9_-]{1,16}$/),
  sender: instance,
  receiver: instance,
});
const count = fc.oneof(fc.nat(200), fc.maxSafeNat());

const pageId = fc
  .oneof(
    fc.stringMatching(/^[a-z0-9/äß日-]{1,40}$/u),
    fc.nat(1e6).map((page) => `/articles/${page}`),
    fc.integer({ min: 1, max: 256 }).map((length) => 'x'.repeat(length)),
  )
  .map(parsePageId)
  .filter((parsed) => parsed.ok)
  .map((parsed) => parsed.value);

/**
 * An interval as a FeedSource makes it: keys unlike each other, versions rising, `to` at or past
 * the last.
 */
const section: fc.Arbitrary<FeedSection> = fc
  .record({
    bucket: fc.nat(65_535),
    from: fc.oneof(fc.nat(300), fc.nat(2 ** 50)),
    pages: fc.uniqueArray(
      fc.record({
        key: pageId,
        gap: fc.integer({ min: 1, max: 300 }),
        viewers: count,
        connections: count,
      }),
      { maxLength: 150, selector: ({ key }) => key },
    ),
    tail: fc.nat(3),
  })
  .map(({ bucket, from, pages, tail }) => {
    let version = from;
    const entries = pages.map(({ key, gap, viewers, connections }) => {
      version += gap;
      return { key, value: { viewers, connections }, version };
    });
    return { bucket, from, to: Math.max(version + tail, from + 1), entries };
  });

const mac = new Uint8Array(MAC_BYTES).fill(7);
const anySignature: VerifyDatagram = () => ok();

function numbers(): () => number {
  let last = 0;
  return () => (last += 1);
}

function received(bytes: Uint8Array): Datagram {
  const decoded = decodeDatagram(bytes, anySignature);
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value;
}

describe('feed datagrams', () => {
  it('fit, are numbered in order, and come from and go to whom they say', () => {
    fc.assert(
      fc.property(route, fc.array(section, { maxLength: 8, size: 'max' }), (way, sections) => {
        const datagrams = encodeFeedDatagrams(way, sections, numbers());
        datagrams.forEach((unsigned, at) => {
          const bytes = withMac(unsigned, mac);
          expect(bytes.length).toBeLessThanOrEqual(DATAGRAM_BYTES_MAX);
          expect(received(bytes)).toMatchObject({ type: 'feed', ...way, number: at + 1 });
        });
      }),
    );
  });

  it('carry each interval whole: in order, without a gap, every entry once', () => {
    fc.assert(
      fc.property(route, fc.array(section, { maxLength: 8, size: 'max' }), (way, sections) => {
        const parts = encodeFeedDatagrams(way, sections, numbers())
          .map((unsigned) => received(withMac(unsigned, mac)))
          .flatMap((datagram): readonly ReceivedSection[] =>
            datagram.type === 'feed' ? datagram.sections : [],
          );
        for (const { bucket, from, to, entries } of sections) {
          let position = from;
          const arrived: unknown[] = [];
          while (position < to) {
            const part = parts.shift();
            expect(part).toMatchObject({ bucket, from: position });
            // A receiver that has what was before takes each part by the feed's own rule.
            expect(judge(position, { from: position, to: part?.to ?? 0, entries: [] })).toBe(
              'taken',
            );
            arrived.push(...(part?.entries ?? []));
            const within = entries.filter(
              ({ version }) => version > position && version <= (part?.to ?? 0),
            );
            expect(part?.entries.map((entry) => entry.pageId)).toEqual(
              within.map(({ key }) => key),
            );
            position = part?.to ?? to;
          }
          expect(position).toBe(to);
          expect(arrived).toEqual(entries.map(({ key, value }) => ({ pageId: key, ...value })));
        }
        expect(parts).toEqual([]);
      }),
    );
  });

  it('are few: small sections share one', () => {
    const way = fc.sample(route, 1)[0] as DatagramRoute;
    const sections = Array.from({ length: 30 }, (_, bucket) => ({
      bucket,
      from: 3,
      to: 4,
      entries: [{ key: '/articles/1', value: { viewers: 1, connections: 1 }, version: 4 }],
    }));
    expect(encodeFeedDatagrams(way, sections, numbers())).toHaveLength(1);
    expect(encodeFeedDatagrams(way, [], numbers())).toEqual([]);
  });
});

describe('have datagrams', () => {
  const have = fc.array(fc.record({ bucket: fc.nat(65_535), stored: count }), {
    maxLength: 150,
    size: 'max',
  });

  it('come back as they were, as far as they fit', () => {
    fc.assert(
      fc.property(route, count, count, have, (way, number, answers, sections) => {
        const bytes = withMac(encodeHave(way, number, answers, sections), mac);
        expect(bytes.length).toBeLessThanOrEqual(DATAGRAM_BYTES_MAX);
        const datagram = received(bytes);
        expect(datagram).toMatchObject({ type: 'have', ...way, number, answers });
        expect(datagram.sections).toEqual(sections.slice(0, datagram.sections.length));
        if (sections.length <= 90) expect(datagram.sections).toHaveLength(sections.length);
      }),
    );
  });
});

describe('bytes that anyone may send', () => {
  const honest = fc
    .tuple(route, fc.array(section, { minLength: 1, maxLength: 3 }))
    .map(([way, sections]) =>
      withMac(encodeFeedDatagrams(way, sections, numbers())[0] as Uint8Array, mac),
    );

  it('never throw, random ones', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1300 }), (bytes) => {
        expect(decodeDatagram(bytes, anySignature).ok).toBe(false);
      }),
    );
  });

  it('never throw, random ones behind an honest header', () => {
    fc.assert(
      fc.property(honest, fc.nat(100), fc.uint8Array({ maxLength: 1000 }), (bytes, keep, tail) => {
        const mixed = Uint8Array.of(...bytes.subarray(0, keep), ...tail);
        expect(() => decodeDatagram(mixed, anySignature)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it('are refused where they break off', () => {
    fc.assert(
      fc.property(honest, fc.nat(), (bytes, at) => {
        // Where it ends with a section it is whole again; only the signature can tell.
        const cut = bytes.subarray(0, at % bytes.length);
        const decoded = decodeDatagram(cut, () => err('bad_signature'));
        expect(decoded.ok).toBe(false);
      }),
    );
  });

  it('never throw and never pass unasked, with a bit turned', () => {
    fc.assert(
      fc.property(honest, fc.nat(), (bytes, at) => {
        const turned = Uint8Array.from(bytes);
        const bit = at % (8 * bytes.length);
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        let asked: Uint8Array | null = null;
        const decoded = decodeDatagram(turned, (_key, signed) => {
          asked = signed;
          return ok();
        });
        // What is let through is exactly what the signature was asked for.
        if (decoded.ok) expect(asked).toEqual(turned.subarray(0, turned.length - MAC_BYTES));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a feed at its receiver', () => {
  it('is in place only at the instance it names, with pages in their buckets', () => {
    fc.assert(
      fc.property(route, instance, pageId, (way, other, page) => {
        const bucket = bucketOf(page, 1024);
        const feed = (at: number): Extract<Datagram, { type: 'feed' }> => ({
          type: 'feed',
          ...way,
          number: 1,
          sections: [
            { bucket: at, from: 0, to: 1, entries: [{ pageId: page, viewers: 1, connections: 1 }] },
          ],
        });
        fc.pre(other !== way.receiver);
        expect(misplaced(feed(bucket), way.receiver, 1024)).toBeNull();
        expect(misplaced(feed(bucket), other, 1024)).toBe('wrong_receiver');
        expect(misplaced(feed((bucket + 1) % 1024), way.receiver, 1024)).toBe('unknown_bucket');
        expect(misplaced(feed(bucket + 1024), way.receiver, 1024)).toBe('unknown_bucket');
      }),
    );
  });
});
