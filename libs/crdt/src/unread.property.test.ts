import fc from 'fast-check';
import { checkLaw, expectSame, shuffled } from './testing/laws.js';
import { WRITERS, writerAt } from './testing/writers.js';
import { unread, type Modification, type VoidPair } from './unread.js';
import { join, versionOf, type VersionVector } from './version-vector.js';

/** Events in the order of their publication; each is counted by the writers that it names. */
type Event = readonly number[];
const events = fc.array(fc.subarray([0, 1, 2], { minLength: 1 }) as fc.Arbitrary<Event>, {
  maxLength: 8,
  size: 'max',
});

interface Page {
  readonly made: VersionVector;
  /** What each event is: where its writers have counted it. */
  readonly events: readonly (readonly Modification[])[];
}

function pageOf(published: readonly Event[]): Page {
  const made = new Map(WRITERS.map((writer) => [writer, 0]));
  const counted = published.map((writers) =>
    writers.map((at) => {
      const writer = writerAt(at);
      const position = (made.get(writer) ?? 0) + 1;
      made.set(writer, position);
      return { writer, position };
    }),
  );
  return { made: new Map([...made].filter(([, position]) => position > 0)), events: counted };
}

/** Each void one with the least, or each with the one before it: both name the same events. */
const pairsOf = (page: Page, chained: boolean): VoidPair[] =>
  page.events.flatMap((event) =>
    event.slice(1).map((one, at): VoidPair => [one, (chained ? event[at] : event[0]) ?? one]),
  );

/** The plain truth: events of which something is made and nothing read. */
function naive({ events: all }: Page, made: VersionVector, read: VersionVector): number {
  const within = (vector: VersionVector) => (one: Modification) =>
    one.position <= versionOf(vector, one.writer);
  return all.filter((event) => event.some(within(made)) && !event.some(within(read))).length;
}

const vectors: fc.Arbitrary<VersionVector> = fc
  .array(fc.nat(9), { minLength: 3, maxLength: 3 })
  .map((positions) => new Map(positions.map((position, at) => [writerAt(at), position])));

const cases = fc
  .record({
    published: events,
    read: vectors,
    more: vectors,
    chained: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ published, chained, ...drawn }) => {
    const page = pageOf(published);
    return { page, pairs: pairsOf(page, chained), ...drawn };
  });

describe('unread', () => {
  it('counts each event once of which nothing is read (exact)', () => {
    checkLaw(cases, ({ page, pairs, read }) => {
      expectSame(unread(page.made, read, pairs), naive(page, page.made, read));
    });
  });

  it('is right also where only a part of what was made has come (partial)', () => {
    checkLaw(cases, ({ page, pairs, read, more }) => {
      const made = new Map(
        [...page.made].map(([writer, position]) => [
          writer,
          Math.min(position, versionOf(more, writer)),
        ]),
      );
      expectSame(unread(made, read, pairs), naive(page, made, read));
    });
  });

  it('is lowered or kept by reading more, down to 0 (U1)', () => {
    checkLaw(cases, ({ page, pairs, read, more }) => {
      const before = unread(page.made, read, pairs);
      const after = unread(page.made, join(read, more), pairs);
      expectSame([after <= before, after >= 0], [true, true]);
      expectSame(unread(page.made, join(read, page.made), pairs), 0);
    });
  });

  it('is lowered or kept by a pair found out (U1)', () => {
    checkLaw(cases, ({ page, pairs, read, seed }) => {
      const order = shuffled(pairs, 1, seed);
      const shown = order.map((_, known) => unread(page.made, read, order.slice(0, known)));
      expectSame(
        shown,
        [...shown].sort((left, right) => right - left),
      );
    });
  });

  it('does not hang on the order and the number of pairs (delivery)', () => {
    checkLaw(cases, ({ page, pairs, read, seed }) => {
      const again = shuffled(pairs, 2, seed).map(([one, other], at): VoidPair =>
        at % 2 === 0 ? [one, other] : [other, one],
      );
      expectSame(unread(page.made, read, again), unread(page.made, read, pairs));
    });
  });

  it('needs no pairs of which nothing is unread (bounded)', () => {
    checkLaw(cases, ({ page, pairs, read }) => {
      const near = pairs.filter((pair) =>
        pair.some(({ writer, position }) => position > versionOf(read, writer)),
      );
      expectSame(unread(page.made, read, near), unread(page.made, read, pairs));
    });
  });

  it('comes to the same in two regions that join marks, modifications and pairs (convergent)', () => {
    checkLaw(cases, ({ page, pairs, read, more, seed }) => {
      const [here, there] = [pairs.slice(0, seed % (pairs.length + 1)), pairs];
      const ofOne = unread(join(page.made, new Map()), join(read, more), [...here, ...there]);
      const ofOther = unread(page.made, join(more, read), [...there, ...here]);
      expectSame(ofOne, ofOther);
    });
  });

  it('takes nothing twice of an event that three have counted and one is read of', () => {
    const page = pageOf([[0, 1, 2], [0]]);
    const read: VersionVector = new Map([
      [writerAt(1), 1],
      [writerAt(2), 1],
    ]);
    expect(unread(page.made, read, pairsOf(page, false))).toBe(1);
  });

  it('says no more than 2^53 - 1', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const made: VersionVector = new Map(WRITERS.map((writer) => [writer, most]));
    expect(unread(made, new Map(), [])).toBe(most);
  });
});
