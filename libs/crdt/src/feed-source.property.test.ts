import fc from 'fast-check';
import { receive } from './feed.js';
import { RecordedWriter, isZero } from './testing/recorded-writer.js';

type Step =
  | { readonly key: string; readonly value: number }
  /** An answer: the receiver has this share of the versions given out so far. */
  | { readonly share: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.nat({ max: 2 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    },
  ),
  { maxLength: 40, size: 'max' },
);

/** A writer after the steps, and the highest version that was ever acknowledged to it. */
function played(made: readonly Step[]): { writer: RecordedWriter; acknowledgedMost: number } {
  const writer = new RecordedWriter();
  const { source } = writer;
  let acknowledgedMost = 0;
  for (const one of made) {
    if ('share' in one) source.acknowledge(Math.floor(one.share * source.version));
    else writer.set(one.key, one.value);
    acknowledgedMost = Math.max(acknowledgedMost, source.acknowledged);
  }
  return { writer, acknowledgedMost };
}

describe('FeedSource', () => {
  it('never offers an interval that leaves its receiver with another map than that of its end (S3)', () => {
    fc.assert(
      fc.property(steps, (made) => {
        const { writer } = played(made);
        const { source } = writer;
        for (let from = 0; from < source.version; from += 1) {
          const interval = source.since(from);
          if (!interval) continue;
          const held = { version: from, values: writer.mapAt(from) };
          expect(receive(held, interval, isZero)).toEqual({
            verdict: 'taken',
            state: { version: source.version, values: writer.mapAt(source.version) },
          });
        }
      }),
    );
  });

  it('offers an interval from whatever is not below all that was ever acknowledged (S2)', () => {
    fc.assert(
      fc.property(steps, (made) => {
        const { writer, acknowledgedMost } = played(made);
        const { source } = writer;
        for (let from = acknowledgedMost; from < source.version; from += 1) {
          expect(source.since(from)).toMatchObject({ from, to: source.version });
        }
      }),
    );
  });

  it('offers the whole map at any time', () => {
    fc.assert(
      fc.property(steps, (made) => {
        const { writer } = played(made);
        const { from, to, entries } = writer.source.whole();
        expect({ from, to }).toEqual({ from: null, to: writer.source.version });
        expect(new Map(entries.map(({ key, value }) => [key, value]))).toEqual(writer.mapAt(to));
      }),
    );
  });

  it('sends entries in rising version, each key once, none from outside the interval', () => {
    fc.assert(
      fc.property(steps, (made) => {
        const message = played(made).writer.source.pending();
        if (!message) return;
        const versions = message.entries.map(({ version }) => version);
        const within = versions.filter((one) => one > (message.from ?? 0) && one <= message.to);
        expect(versions).toEqual([...new Set(within)].sort((left, right) => left - right));
        expect(new Set(message.entries.map(({ key }) => key)).size).toBe(versions.length);
      }),
    );
  });

  it('holds no more than its map once everything is acknowledged', () => {
    fc.assert(
      fc.property(steps, (made) => {
        const { writer } = played(made);
        const { source } = writer;
        source.acknowledge(source.version);
        expect(source.size).toBe(writer.mapAt(source.version).size);
      }),
    );
  });
});
