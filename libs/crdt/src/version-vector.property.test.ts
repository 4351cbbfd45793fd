import fc from 'fast-check';
import { AssertionError } from './assert.js';
import { checkLaw, expectSame, itObeysTheLaws } from './testing/laws.js';
import { WRITERS, writer, writerAt } from './testing/writers.js';
import {
  NOTHING_COVERED,
  advance,
  compare,
  covers,
  join,
  versionOf,
  type Causality,
  type VersionVector,
} from './version-vector.js';

const MOST = Number.MAX_SAFE_INTEGER;

/** The changes that a vector stands for, one by one: what it says, in words without its arithmetic. */
type Changes = ReadonlySet<string>;
const changesOf = (vector: VersionVector): Changes =>
  new Set(
    [...vector].flatMap(([one, to]) => Array.from({ length: to }, (_, at) => `${one} ${at + 1}`)),
  );
const isSubset = (part: Changes, whole: Changes): boolean =>
  [...part].every((change) => whole.has(change));

const vectors: fc.Arbitrary<VersionVector> = fc
  .tuple(fc.nat(4), fc.nat(4), fc.nat(4))
  .map((versions) => {
    const covered = versions.map((version, at) => [writerAt(at), version] as const);
    return new Map(covered.filter(([, version]) => version > 0));
  });
const pairs = fc.tuple(vectors, vectors);

/** The relation of the two sets of changes that the vectors stand for. */
function causalityOf(left: Changes, right: Changes): Causality {
  if (isSubset(left, right)) return isSubset(right, left) ? 'equal' : 'before';
  return isSubset(right, left) ? 'after' : 'concurrent';
}

describe('version vector', () => {
  describe('laws', () => {
    itObeysTheLaws<VersionVector, number>({
      empty: NOTHING_COVERED,
      join,
      holds: (larger, smaller) => isSubset(changesOf(smaller), changesOf(larger)),
      change: fc.integer({ min: 1, max: 3 }),
      delta: (vector, { replica, change }) =>
        advance(vector, writerAt(replica), versionOf(vector, writerAt(replica)) + change),
      shows: (after, { replica, change }, before) =>
        after.get(writerAt(replica)) === (before.get(writerAt(replica)) ?? 0) + change,
    });

    it('tells before, after, equal and concurrent apart (causality)', () => {
      checkLaw(pairs, ([left, right]) => {
        expectSame(compare(left, right), causalityOf(changesOf(left), changesOf(right)));
        expectSame(covers(left, right), isSubset(changesOf(right), changesOf(left)));
      });
    });
  });

  it('advances by a delta of one entry, and not at all to what is covered', () => {
    const [ams, fra] = WRITERS as [ReturnType<typeof writer>, ReturnType<typeof writer>];
    const vector = new Map([[ams, 3]]);
    expect(advance(vector, fra, 2)).toEqual(new Map([[fra, 2]]));
    expect(advance(vector, ams, 4)).toEqual(new Map([[ams, 4]]));
    expect(advance(vector, ams, 3)).toEqual(NOTHING_COVERED);
    expect(advance(vector, fra, 0)).toEqual(NOTHING_COVERED);
  });

  it('takes two incarnations of a region for two writers', () => {
    const first = new Map([[writer('ams', 1), 9]]);
    const second = new Map([[writer('ams', 2), 1]]);
    expect(compare(first, second)).toBe('concurrent');
  });

  it.each([-1, 0.5, NaN, MOST + 1])('refuses by assertion the version %d (V1)', (version) => {
    expect(() => advance(NOTHING_COVERED, writerAt(0), version)).toThrow(AssertionError);
  });
});
