import fc from 'fast-check';
import { itObeysJoinLaws } from '@headcount/testing';
import {
  NOWHERE,
  compareRev,
  incarnationAt,
  laterPosition,
  type Position,
  type RevVersion,
} from './position.js';

// Few incarnations and few numbers, so that equal ones meet often.
const incarnation = fc.constantFrom(
  '',
  incarnationAt(1, '00000000'),
  incarnationAt(1, 'ffffffff'),
  incarnationAt(16, '00000000'),
);
const number = fc.nat({ max: 3 });
const version: fc.Arbitrary<RevVersion> = fc.record({ incarnation, rev: number });
const positions: fc.Arbitrary<Position> = fc.record({ incarnation, seq: number, rev: number });

describe('compareRev', () => {
  it('puts any two versions in one order, whichever comes first (antisymmetric)', () => {
    fc.assert(
      fc.property(version, version, (left, right) => {
        expect(Math.sign(compareRev(left, right)) + Math.sign(compareRev(right, left))).toBe(0);
      }),
    );
  });

  it('calls two versions equal only if they are the same', () => {
    fc.assert(
      fc.property(version, version, (left, right) => {
        const same = left.incarnation === right.incarnation && left.rev === right.rev;
        expect(compareRev(left, right) === 0).toBe(same);
      }),
    );
  });

  it('orders what lies between two versions between them (transitive)', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [low, middle, high] = [a, b, c].sort(compareRev);
        if (!low || !middle || !high) throw new Error('three versions stay three');
        expect(compareRev(low, middle)).toBeLessThanOrEqual(0);
        expect(compareRev(middle, high)).toBeLessThanOrEqual(0);
        expect(compareRev(low, high)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('lets the incarnation decide before the rev', () => {
    const early = { incarnation: incarnationAt(15, 'ffffffff'), rev: Number.MAX_SAFE_INTEGER };
    const late = { incarnation: incarnationAt(16, '00000000'), rev: 0 };
    expect(compareRev(early, late)).toBeLessThan(0);
  });

  it('tells the two highest revs apart', () => {
    const top = { incarnation: 'i', rev: Number.MAX_SAFE_INTEGER };
    expect(compareRev(top, { ...top, rev: Number.MAX_SAFE_INTEGER - 1 })).toBeGreaterThan(0);
  });
});

describe('laterPosition', () => {
  itObeysJoinLaws(positions, laterPosition);

  it('is not before either of the two, and holds no more than they do', () => {
    fc.assert(
      fc.property(positions, positions, (left, right) => {
        const later = laterPosition(left, right);
        for (const one of [left, right]) {
          expect(compareRev(later, one)).toBeGreaterThanOrEqual(0);
          if (one.incarnation === later.incarnation)
            expect(later.seq).toBeGreaterThanOrEqual(one.seq);
        }
        const sources = [left, right].filter((one) => one.incarnation === later.incarnation);
        expect(sources.map(({ seq }) => seq)).toContain(later.seq);
        expect(sources.map(({ rev }) => rev)).toContain(later.rev);
      }),
    );
  });

  it('starts from nowhere', () => {
    fc.assert(
      fc.property(positions, (position) => {
        expect(laterPosition(NOWHERE, position)).toEqual(position);
      }),
    );
  });

  it('takes seq and rev of the later incarnation, though both are lower', () => {
    const early = { incarnation: 'a', seq: 9, rev: 9 };
    const late = { incarnation: 'b', seq: 1, rev: 2 };
    expect(laterPosition(early, late)).toEqual(late);
  });
});

describe('incarnationAt', () => {
  const ms = fc.nat({ max: 2 ** 48 - 1 });
  const random = fc.nat({ max: 2 ** 32 - 1 }).map((bits) => bits.toString(16).padStart(8, '0'));

  it('makes 20 hex digits, for any time until the year 10889', () => {
    fc.assert(
      fc.property(ms, random, (at, bits) => {
        expect(incarnationAt(at, bits)).toMatch(/^[0-9a-f]{20}$/);
      }),
    );
  });

  it('is later as text where its milliseconds are higher, whatever the random digits say', () => {
    fc.assert(
      fc.property(ms, ms, random, random, (one, other, bits, otherBits) => {
        fc.pre(one < other);
        expect(incarnationAt(one, bits) < incarnationAt(other, otherBits)).toBe(true);
      }),
    );
  });

  it('tells apart two that began in the same millisecond', () => {
    expect(incarnationAt(7, '00000000')).not.toBe(incarnationAt(7, '00000001'));
  });
});
