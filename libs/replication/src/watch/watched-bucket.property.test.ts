/**
 * Goal    a watcher never steps back and, once it has been able to look, shows what the bucket shows.
 * Method  a bucket of plain maps changes, is flushed and rolled back; its publications are lost and delayed, reads
 *         are answered late. At the end the reader mends once, as it does every two seconds.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import { compareRev, type RevVersion } from '@headcount/crdt';
import type { BucketChanges, CountersRead } from '@headcount/counter-store';
import { PlainBucket } from './testing/plain-bucket.js';
import { WatchedBucket } from './watched-bucket.js';

const KEYS = ['a viewers', 'b viewers', 'c likes'];

const key = fc.constantFrom(...KEYS);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('change' as const),
      key,
      viewers: fc.nat({ max: 9 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constantFrom('deliver' as const, 'lose' as const),
      pick: fc.nat(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('ask' as const), key }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('answer' as const), pick: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constantFrom(
        'save' as const,
        'flush' as const,
        'rollBack' as const,
        'mend' as const,
      ),
    }),
  },
);

/** What the caller of WatchedBucket does after a gap, a rebirth or every two seconds. */
function mend(reader: WatchedBucket<string>, bucket: PlainBucket): void {
  if (reader.takeSince(bucket.since(reader.position)) !== null) return;
  const keys = [...reader.counters.keys()];
  const read = bucket.read(keys);
  expect(reader.takeRead(keys, read)).not.toBeNull();
  reader.reach(read.position);
}

describe('watched bucket', () => {
  it('does not let a second first read skip a change of what the first one read', () => {
    const bucket = new PlainBucket();
    const reader = new WatchedBucket<string>();
    for (const name of ['a viewers', 'c likes'])
      reader.watch({ key: name, pageId: '', name: '' }, 'w');
    const early = bucket.read(['a viewers']);
    bucket.change('a viewers', 1);
    reader.takeRead(['a viewers'], early);
    reader.takeRead(['c likes'], bucket.read(['c likes']));
    mend(reader, bucket);
    expect(reader.counters.get('a viewers')?.view?.viewers).toBe(1);
  });

  it('never steps back and is right once it has looked', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const bucket = new PlainBucket();
        const reader = new WatchedBucket<string>();
        const published: BucketChanges[] = [];
        const asked: { keys: string[]; read: CountersRead }[] = [];
        const highest = new Map<string, RevVersion>();
        for (const one of steps) {
          if (one.does === 'change') published.push(bucket.change(one.key, one.viewers));
          else if (one.does === 'save') bucket.save();
          else if (one.does === 'flush' || one.does === 'rollBack')
            published.push(bucket.forget(one.does === 'rollBack'));
          else if (one.does === 'mend') mend(reader, bucket);
          else if (one.does === 'ask') {
            reader.watch({ key: one.key, pageId: '', name: '' }, 'w');
            asked.push({ keys: [one.key], read: bucket.read([one.key]) });
          } else if (one.does === 'answer') {
            const [answer] = asked.splice(one.pick % (asked.length || 1), 1);
            if (answer && reader.takeRead(answer.keys, answer.read) === null) {
              expect(reader.takeRead(answer.keys, bucket.read(answer.keys))).not.toBeNull();
            }
          } else if (one.does === 'deliver' || one.does === 'lose') {
            const [changes] = published.splice(one.pick % (published.length || 1), 1);
            if (changes && one.does === 'deliver') {
              const { verdict } = reader.publish(changes);
              if (verdict === 'gap' || verdict === 'reborn') mend(reader, bucket);
            }
          }
          for (const { key: name, version } of reader.counters.values()) {
            expect(compareRev(version, highest.get(name) ?? version)).toBeGreaterThanOrEqual(0);
            highest.set(name, version);
          }
        }
        mend(reader, bucket);
        for (const { key: name, view: shown } of reader.counters.values()) {
          if (shown) expect(shown.viewers).toBe(bucket.rows.get(name)?.viewers ?? 0);
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});
