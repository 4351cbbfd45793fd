import fc from 'fast-check';
import {
  NOWHERE,
  compareRev,
  incarnationAt,
  laterPosition,
  type Position,
  type RevVersion,
} from './position.js';
import { checkLaw, expectSame, itJoins } from './testing/laws.js';

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
  describe('laws', () => {
    it('puts any two versions in one order, whichever comes first (antisymmetric)', () => {
      checkLaw(fc.tuple(version, version), ([left, right]) => {
        expectSame(Math.sign(compareRev(left, right)) + Math.sign(compareRev(right, left)), 0);
      });
    });

    it('calls two versions equal only if they are the same (identity)', () => {
      checkLaw(fc.tuple(version, version), ([left, right]) => {
        const same = left.incarnation === right.incarnation && left.rev === right.rev;
        expectSame(compareRev(left, right) === 0, same);
      });
    });

    it('orders what lies between two versions between them (transitive)', () => {
      checkLaw(fc.tuple(version, version, version), (three) => {
        const [low, middle, high] = [...three].sort(compareRev);
        if (!low || !middle || !high) throw new Error('three versions stay three');
        const pairs = [compareRev(low, middle), compareRev(middle, high), compareRev(low, high)];
        expectSame(
          pairs.every((order) => order <= 0),
          true,
        );
      });
    });
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
  describe('laws', () => {
    itJoins(fc.tuple(positions, positions, positions), laterPosition);

    it('is not before either of the two, and holds no more than they do (inflation)', () => {
      checkLaw(fc.tuple(positions, positions), (both) => {
        const later = laterPosition(...both);
        const sources = both.filter((one) => one.incarnation === later.incarnation);
        for (const one of both) expectSame(compareRev(later, one) >= 0, true);
        for (const one of sources) expectSame(later.seq >= one.seq, true);
        expectSame(
          sources.some(({ seq }) => seq === later.seq),
          true,
        );
        expectSame(
          sources.some(({ rev }) => rev === later.rev),
          true,
        );
      });
    });

    it('starts from nowhere (neutral)', () => {
      checkLaw(positions, (position) => {
        expectSame(laterPosition(NOWHERE, position), position);
      });
    });
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

  describe('laws', () => {
    it('makes 20 hex digits, for any time until the year 10889 (shape)', () => {
      checkLaw(fc.tuple(ms, random), ([at, bits]) => {
        expectSame(/^[0-9a-f]{20}$/.test(incarnationAt(at, bits)), true);
      });
    });

    it('is later as text where its milliseconds are higher, whatever the random digits say (order)', () => {
      checkLaw(fc.tuple(ms, ms, random, random), ([one, other, bits, otherBits]) => {
        const byText = incarnationAt(one, bits) < incarnationAt(other, otherBits);
        if (one !== other) expectSame(byText, one < other);
      });
    });
  });

  it('tells apart two that began in the same millisecond', () => {
    expect(incarnationAt(7, '00000000')).not.toBe(incarnationAt(7, '00000001'));
  });
});
