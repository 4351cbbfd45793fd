/**
 * Goal    a reader that follows `continuity` and `isNews` never steps back and ends with what the bucket shows.
 * Method  random histories of one bucket: changes one by one and several in one publication, a new incarnation
 *         that has forgotten something, publications lost, repeated and reordered, keys loaded out of turn. What a
 *         reader must hold is taken from a record of the bucket, kept apart from the code under test.
 */
import fc from 'fast-check';
import { continuity, isNews, type Continuity, type Versioned } from './filtered-feed.js';
import { compareRev, incarnationAt, type RevVersion } from './position.js';
import { checkLaw, expectSame } from './testing/laws.js';

describe('continuity', () => {
  /** The revs after `from` up to `to`. */
  const revsBetween = (from: number, to: number): number[] =>
    Array.from({ length: Math.max(to - from, 0) }, (_, at) => from + 1 + at);

  /** The same question asked of the revs themselves: those the reader lacks, and those of them not offered. */
  function byRevs(at: number, fromRev: number, toRev: number): Continuity {
    const lacking = revsBetween(at, toRev);
    const offered = new Set(revsBetween(fromRev, toRev));
    if (lacking.length === 0) return 'old';
    return lacking.every((rev) => offered.has(rev)) ? 'next' : 'gap';
  }

  it('tells whether a change is missing between the position and what is published', () => {
    const rev = fc.nat({ max: 9 });
    fc.assert(
      fc.property(rev, rev, rev, (at, one, other) => {
        const [fromRev, toRev] = [Math.min(one, other), Math.max(one, other)];
        const verdict = continuity(
          { incarnation: 'i', rev: at },
          { incarnation: 'i', fromRev, toRev },
        );
        expect(verdict).toBe(byRevs(at, fromRev, toRev));
      }),
    );
  });

  it.each<[string, RevVersion, Continuity]>([
    ['follows a later incarnation, whatever its revs', { incarnation: 'a', rev: 99 }, 'reborn'],
    ['ignores an earlier incarnation, whatever its revs', { incarnation: 'c', rev: 0 }, 'old'],
    ['takes any incarnation for later than none', { incarnation: '', rev: 0 }, 'reborn'],
  ])('%s', (_, at, verdict) => {
    expect(continuity(at, { incarnation: 'b', fromRev: 4, toRev: 5 })).toBe(verdict);
  });
});

describe('isNews', () => {
  it.each<[string, RevVersion | undefined, boolean]>([
    ['takes anything where nothing is held', undefined, true],
    ['takes a later rev', { incarnation: 'b', rev: 4 }, true],
    ['leaves a value that it holds', { incarnation: 'b', rev: 5 }, false],
    ['leaves an earlier rev', { incarnation: 'b', rev: 6 }, false],
    ['takes a later incarnation, though its rev is lower', { incarnation: 'a', rev: 6 }, true],
    [
      'leaves an earlier incarnation, though its rev is higher',
      { incarnation: 'c', rev: 4 },
      false,
    ],
  ])('%s', (_, held, news) => {
    expect(isNews(held, { incarnation: 'b', rev: 5 })).toBe(news);
  });
});

interface Row {
  readonly key: string;
  readonly value: number;
  readonly rev: number;
}
interface Publication {
  readonly incarnation: string;
  readonly fromRev: number;
  readonly toRev: number;
  readonly rows: readonly Row[];
}
interface Bucket {
  readonly incarnation: string;
  readonly rev: number;
  readonly rows: ReadonlyMap<string, Row>;
}

/** A bucket of the region: each change gets the next rev, a loss of memory a later incarnation. */
class RecordedBucket {
  now: Bucket = { incarnation: incarnationAt(1, '00000000'), rev: 0, rows: new Map() };
  readonly published: Publication[] = [];
  private remembered = this.now;
  private births = 1;

  change(keys: readonly string[], value: number): void {
    const fromRev = this.now.rev;
    const rows = keys.map((key, at) => ({ key, value, rev: fromRev + at + 1 }));
    const changed = rows.map((row) => [row.key, row] as const);
    this.now = {
      ...this.now,
      rev: fromRev + rows.length,
      rows: new Map([...this.now.rows, ...changed]),
    };
    this.publish(fromRev, rows);
  }

  remember(): void {
    this.remembered = this.now;
  }

  rollBack(): void {
    this.births += 1;
    this.now = { ...this.remembered, incarnation: incarnationAt(this.births, '00000000') };
    this.publish(this.now.rev, []);
  }

  private publish(fromRev: number, rows: readonly Row[]): void {
    const { incarnation, rev: toRev } = this.now;
    this.published.push({ incarnation, fromRev, toRev, rows });
  }
}

/** A reader as DESIGN.md §3 has it, whose questions to the bucket are answered at once. */
class Reader {
  position: RevVersion = { incarnation: '', rev: 0 };
  readonly held = new Map<string, Versioned<number>>();

  constructor(private readonly bucket: RecordedBucket) {}

  /** A key that came into use meanwhile: it is read at once, and the position stays where it is. */
  load(key: string): void {
    const { incarnation, rows } = this.bucket.now;
    if (incarnation !== this.position.incarnation) return;
    this.takeRows(
      incarnation,
      [...rows.values()].filter((row) => row.key === key),
    );
  }

  hear(publication: Publication): void {
    switch (continuity(this.position, publication)) {
      case 'next':
        this.takeRows(publication.incarnation, publication.rows);
        this.position = { ...this.position, rev: publication.toRev };
        return;
      case 'gap':
        return this.catchUp();
      case 'reborn':
        this.held.clear();
        this.position = { incarnation: publication.incarnation, rev: 0 };
        return this.catchUp();
      case 'old':
        return;
    }
  }

  /** Asks for all after the position; a bucket that has been born again meanwhile gives everything. */
  private catchUp(): void {
    const { incarnation, rev, rows } = this.bucket.now;
    if (incarnation !== this.position.incarnation) this.held.clear();
    this.takeRows(incarnation, [...rows.values()]);
    this.position = { incarnation, rev };
  }

  private takeRows(incarnation: string, rows: readonly Row[]): void {
    for (const { key, value, rev } of rows) {
      const version = { incarnation, rev };
      if (isNews(this.held.get(key)?.version, version)) this.held.set(key, { value, version });
    }
  }
}

type Step =
  | { readonly does: 'change'; readonly keys: readonly string[]; readonly value: number }
  | { readonly does: 'hear'; readonly pick: number }
  | { readonly does: 'load'; readonly key: string }
  | { readonly does: 'remember' | 'rollBack' };

const key = fc.constantFrom('a', 'b', 'c');
const keys = fc.uniqueArray(key, { minLength: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('change' as const), keys, value: fc.nat({ max: 9 }) }),
  },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('hear' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('load' as const), key }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('remember', 'rollBack') }) },
);

function take(one: Step, bucket: RecordedBucket, reader: Reader): void {
  switch (one.does) {
    case 'change':
      return bucket.change(one.keys, one.value);
    case 'hear': {
      // Any of all publications: what is never picked is lost, what is picked late or again is just that.
      const publication = bucket.published[one.pick % Math.max(bucket.published.length, 1)];
      if (publication) reader.hear(publication);
      return;
    }
    case 'load':
      return reader.load(one.key);
    case 'remember':
      return bucket.remember();
    case 'rollBack':
      return bucket.rollBack();
  }
}

const valuesOf = (reader: Reader): Map<string, number> =>
  new Map([...reader.held].map(([held, { value }]) => [held, value]));

describe('a reader of a filtered feed', () => {
  describe('laws', () => {
    it('never steps back, and shows what the bucket shows once it has heard the last publication (monotone)', () => {
      checkLaw(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const bucket = new RecordedBucket();
        const reader = new Reader(bucket);
        for (const one of steps) {
          const [position, held] = [reader.position, new Map(reader.held)];
          take(one, bucket, reader);
          expectSame(compareRev(reader.position, position) >= 0, true);
          for (const [name, { version }] of held) {
            const now = reader.held.get(name)?.version;
            if (now) expectSame(compareRev(now, version) >= 0, true);
          }
        }
        bucket.change(['a'], 1);
        const last = bucket.published.at(-1);
        if (last) reader.hear(last);
        const shown = [...bucket.now.rows.values()].map((row) => [row.key, row.value] as const);
        expectSame(valuesOf(reader), new Map(shown));
        expectSame(reader.position, {
          incarnation: bucket.now.incarnation,
          rev: bucket.now.rev,
        });
      });
    });
  });
});
