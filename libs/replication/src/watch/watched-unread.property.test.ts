/**
 * Goal    what is watched of pages never steps back and is right once it has been looked; whoever watches a user is told after
 *         each change of it, whatever publications are lost, late or from before Redis has forgotten.
 * Method  a bucket of plain maps changes, is flushed and rolled back; reads of pages are answered late. At the end the reader
 *         mends once, as it does every two seconds.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import { compareRev, type Position, type RevVersion, type Writer } from '@headcount/crdt';
import type { BucketChanges, BucketModifications, BucketSince } from '@headcount/counter-store';
import { WatchedBucket, type Changed } from './watched-bucket.js';

const PAGES = ['a', 'b'];
const USERS = ['ann', 'bob'];
const WRITER = `ams/${'0'.repeat(20)}` as Writer;
const keyOf = (page: string): string => `${page} modifications`;

/** A bucket as Redis holds it; nobody's way says whose follows have changed but the publications. */
class PlainBucket {
  position: Position = { incarnation: '', seq: 0, rev: 0 };
  made = new Map<string, { count: number; rev: number }>();
  private births = 0;
  private floor = 0;
  private saved = { made: new Map(this.made), rev: 0 };

  modify(page: string): BucketChanges {
    return this.change(() => {
      const { count } = this.made.get(page) ?? { count: 0 };
      this.made.set(page, { count: count + 1, rev: this.position.rev });
      return { keys: [keyOf(page)], followers: [] };
    });
  }
  follow(user: string): BucketChanges {
    return this.change(() => ({ keys: [], followers: [user] }));
  }
  save(): void {
    this.saved = { made: new Map(this.made), rev: this.position.rev };
  }
  forget(back: boolean): BucketChanges {
    this.made = new Map(back ? this.saved.made : []);
    this.position = { ...this.position, rev: back ? this.saved.rev : 0 };
    this.beBorn();
    return this.publication(this.position.rev, [], []);
  }
  read(keys: readonly string[]): BucketModifications {
    const pages = keys.map((key) => {
      const { count = 0 } = this.made.get(key.split(' ')[0] ?? '') ?? {};
      const made = new Map(count > 0 ? [[WRITER, count]] : []);
      return { made, pairs: [], pairCount: 0, modifiedAtMs: 0 };
    });
    return { position: this.position, pages };
  }
  since(at: Position): BucketSince {
    const isKnown = at.incarnation === this.position.incarnation && at.rev >= this.floor;
    const later = [...this.made].filter(([, { rev }]) => rev > at.rev);
    const rows = later.map(([page, { rev }]) => rowOf(keyOf(page), rev));
    return { position: this.position, rows: isKnown ? rows : null };
  }
  private change(
    act: () => { readonly keys: readonly string[]; readonly followers: readonly string[] },
  ): BucketChanges {
    if (this.position.incarnation === '') this.beBorn();
    const fromRev = this.position.rev;
    this.position = { ...this.position, rev: fromRev + 1 };
    const { keys, followers } = act();
    return this.publication(fromRev, keys, followers);
  }
  private beBorn(): void {
    this.births += 1;
    this.position = { ...this.position, incarnation: String(this.births).padStart(20, '0') };
    this.floor = this.position.rev;
  }
  private publication(
    fromRev: number,
    keys: readonly string[],
    followers: readonly string[],
  ): BucketChanges {
    const { incarnation, rev } = this.position;
    const rows = keys.map((key) => rowOf(key, rev));
    return { bucket: 0, incarnation, fromRev, toRev: rev, rows, followers };
  }
}

const view = { viewers: 0, connections: 0, durable: 0, updatedAtMs: null };
const rowOf = (key: string, rev: number) => ({ key, view, rev });

class Reader {
  readonly watched = new WatchedBucket<string>();
  /** Users of whom nobody has been told since they changed. */
  readonly owing = new Set<string>();

  constructor(private readonly bucket: PlainBucket) {
    for (const pageId of PAGES) this.watched.watchPage({ key: keyOf(pageId), pageId }, 'w');
    for (const userId of USERS) this.watched.watchUser({ key: userId, userId }, 'w');
    this.watched.takeRead([], { position: bucket.position, staleRegions: [], views: [] });
    this.take([...this.watched.pages.keys()], bucket.read([...this.watched.pages.keys()]));
  }

  hear(changes: BucketChanges): void {
    const { verdict, ...changed } = this.watched.publish(changes);
    this.tell(changed);
    if (verdict === 'gap' || verdict === 'reborn') this.mend();
  }

  /** What BucketFollower does after a gap, a rebirth or every two seconds. */
  mend(): void {
    const changed = this.watched.takeSince(this.bucket.since(this.watched.position));
    if (changed !== null) return this.tell(changed);
    this.watched.reach(this.bucket.position);
    this.tell({ counters: [], users: [...this.watched.users.values()] });
  }

  compare(): void {
    const { incarnation, rev } = this.bucket.position;
    const at = this.watched.position;
    if (incarnation !== at.incarnation || rev > at.rev) this.mend();
    const stale = [...this.watched.stalePages].map(({ key }) => key);
    this.take(stale, this.bucket.read(stale));
  }

  take(keys: readonly string[], read: BucketModifications): void {
    if (this.watched.takePages(keys, read) !== null) return;
    expect(this.watched.takePages(keys, this.bucket.read(keys))).not.toBeNull();
  }

  private tell({ users }: Changed<string>): void {
    for (const { userId } of users) this.owing.delete(userId);
  }
}

const pick = fc.nat({ max: 30 });
const step = fc.oneof(
  fc.record({ does: fc.constant('modify' as const), page: fc.constantFrom(...PAGES) }),
  fc.record({ does: fc.constant('follow' as const), user: fc.constantFrom(...USERS) }),
  fc.record({ does: fc.constantFrom('hear' as const, 'lose' as const), pick }),
  fc.record({ does: fc.constant('answer' as const), pick }),
  fc.record({ does: fc.constantFrom('ask' as const, 'compare' as const, 'save' as const) }),
  fc.record({ does: fc.constantFrom('flush' as const, 'rollBack' as const) }),
);

describe('watched pages and users', () => {
  it('never step back, are right once looked at, and are told of after each change', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const bucket = new PlainBucket();
        const reader = new Reader(bucket);
        const published: BucketChanges[] = [];
        const asked: { keys: string[]; read: BucketModifications }[] = [];
        const highest = new Map<string, RevVersion>();
        for (const one of steps) {
          if (one.does === 'modify') published.push(bucket.modify(one.page));
          else if (one.does === 'follow') {
            published.push(bucket.follow(one.user));
            reader.owing.add(one.user);
          } else if (one.does === 'flush' || one.does === 'rollBack')
            published.push(bucket.forget(one.does === 'rollBack'));
          else if (one.does === 'save') bucket.save();
          else if (one.does === 'compare') reader.compare();
          else if (one.does === 'ask') {
            const keys = [...reader.watched.stalePages].map(({ key }) => key);
            asked.push({ keys, read: bucket.read(keys) });
          } else if (one.does === 'answer') {
            const [answer] = asked.splice(one.pick % (asked.length || 1), 1);
            if (answer) reader.take(answer.keys, answer.read);
          } else if (one.does === 'hear' || one.does === 'lose') {
            const [changes] = published.splice(one.pick % (published.length || 1), 1);
            if (changes && one.does === 'hear') reader.hear(changes);
          }
          for (const { key, version } of reader.watched.pages.values()) {
            expect(compareRev(version, highest.get(key) ?? version)).toBeGreaterThanOrEqual(0);
            highest.set(key, version);
          }
        }
        reader.compare();
        for (const { pageId, modified } of reader.watched.pages.values())
          expect(modified?.made.get(WRITER) ?? 0).toBe(bucket.made.get(pageId)?.count ?? 0);
        expect([...reader.owing]).toEqual([]);
        expect(reader.watched.stalePages.size).toBe(0);
      }),
      { numRuns: runs(1000) },
    );
  });
});
