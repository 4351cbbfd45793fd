/**
 * Goal    whatever is lost, repeated, late or forgotten on the way, the receiver holds exactly what
 *         the gateway has, once the network has let a few syncs through.
 * Method  random histories on a virtual clock. Datagrams and their answers pass through a bag that
 *         loses, repeats and reorders them; posts and syncs fail as a whole or in their answers.
 *         The receiver is crdt's `receive`, and now and then it goes back to an older state or to
 *         nothing.
 */
import {
  NOBODY,
  isNobody,
  nothingStored,
  receive,
  type FeedState,
  type Presence,
} from '@headcount/crdt';
import { bucketOf, type FeedSection, type PageId } from '@headcount/protocol';
import fc from 'fast-check';
import { FeedBook } from './feed-book.js';
import { feedPosts } from './feed-posts.js';

const BUCKETS = 2;
const TICK_MS = 100;
const PAGES = ['a', 'b', 'c', 'd', 'e'] as PageId[];

type Stored = ReadonlyMap<number, FeedState<Presence>>;
interface Answer {
  readonly question: number;
  readonly bucket: number;
  readonly stored: number;
}

/** One gateway's book, its network and its receiver. */
class World {
  readonly book = new FeedBook(BUCKETS, TICK_MS);
  readonly truth = new Map<PageId, Presence>();
  nowMs = 0;
  private stored: Stored = new Map();
  private snapshot: Stored = new Map();
  private question = 0;
  private datagrams: { question: number; section: FeedSection }[] = [];
  private answers: Answer[] = [];

  change(pageId: PageId, viewers: number): void {
    const presence = { viewers, connections: viewers };
    this.truth.set(pageId, presence);
    this.book.change({ pageId, presence }, this.nowMs);
  }

  /**
   * Sends what is due; a post reaches the receiver unless `posts` is 'lost', its answer only if
   * 'good'.
   */
  flush(datagramsWork: boolean, posts: Posts): void {
    const due = this.book.takeDue(this.nowMs, datagramsWork);
    for (const section of due.sections)
      this.datagrams.push({ question: (this.question += 1), section });
    if (due.posts.length === 0 || posts === 'lost') return;
    const question = (this.question += 1);
    for (const { bucket, from, to, entries } of feedPosts(this.book.messages(due.posts)).flat()) {
      const plain = entries.map(([key, viewers, connections]) => ({
        key,
        value: { viewers, connections },
        version: to,
      }));
      const stored = this.take(bucket, { from, to, entries: plain });
      if (posts === 'good') this.book.stated({ bucket, stored, question }, this.nowMs);
    }
  }

  /** One datagram of the bag arrives; `again` leaves it there to arrive once more. */
  deliver(pick: number, again: boolean): void {
    const found = this.datagrams[pick % Math.max(this.datagrams.length, 1)];
    if (found === undefined) return;
    if (!again) this.datagrams = this.datagrams.filter((held) => held !== found);
    const { question, section } = found;
    this.answers.push({
      question,
      bucket: section.bucket,
      stored: this.take(section.bucket, section),
    });
  }

  answer(pick: number): void {
    const found = this.answers[pick % Math.max(this.answers.length, 1)];
    if (found === undefined) return;
    this.answers = this.answers.filter((held) => held !== found);
    this.book.stated(found, this.nowMs);
  }

  lose(): void {
    this.datagrams = [];
    this.answers = [];
  }

  /** A whole sync: what has changed between its question and its answer is up to `meanwhile`. */
  sync(meanwhile: () => void = () => undefined): void {
    const question = (this.question += 1);
    const versions = this.book.versions();
    const read = versions.map(([bucket]) => ({ bucket, stored: this.versionOf(bucket), question }));
    meanwhile();
    for (const statement of read) this.book.stated(statement, this.nowMs, true);
  }

  remember(): void {
    this.snapshot = this.stored;
  }

  forget(all: boolean): void {
    this.stored = all ? new Map() : this.snapshot;
    if (all) this.snapshot = new Map();
  }

  held(pageId: PageId): Presence {
    return this.stored.get(bucketOf(pageId, BUCKETS))?.values.get(pageId) ?? NOBODY;
  }

  private versionOf(bucket: number): number {
    return this.stored.get(bucket)?.version ?? 0;
  }

  private take(bucket: number, message: Parameters<typeof receive<Presence>>[1]): number {
    const { state } = receive(
      this.stored.get(bucket) ?? nothingStored<Presence>(),
      message,
      isNobody,
    );
    this.stored = new Map(this.stored).set(bucket, state);
    return state.version;
  }
}

type Posts = 'good' | 'unanswered' | 'lost';
type Step =
  | { does: 'change'; page: PageId; viewers: number }
  | { does: 'wait'; ms: number }
  | { does: 'flush'; datagramsWork: boolean; posts: Posts }
  | { does: 'deliver'; pick: number; again: boolean }
  | { does: 'answer'; pick: number }
  | { does: 'lose' | 'sync' | 'slowSync' | 'remember' }
  | { does: 'forget'; all: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('change'), page: fc.constantFrom(...PAGES), viewers: fc.nat(2) }),
  fc.record({ does: fc.constant('wait'), ms: fc.constantFrom(1, 50, 100, 250) }),
  fc.record({
    does: fc.constant('flush'),
    datagramsWork: fc.boolean(),
    posts: fc.constantFrom<Posts>('good', 'unanswered', 'lost'),
  }),
  fc.record({ does: fc.constant('deliver'), pick: fc.nat(), again: fc.boolean() }),
  fc.record({ does: fc.constant('answer'), pick: fc.nat() }),
  fc.record({ does: fc.constantFrom('lose', 'sync', 'slowSync', 'remember') }),
  fc.record({ does: fc.constant('forget'), all: fc.boolean() }),
);

function perform(world: World, made: Step): void {
  switch (made.does) {
    case 'change':
      return world.change(made.page, made.viewers);
    case 'wait':
      world.nowMs += made.ms;
      return;
    case 'flush':
      return world.flush(made.datagramsWork, made.posts);
    case 'deliver':
      return world.deliver(made.pick, made.again);
    case 'answer':
      return world.answer(made.pick);
    case 'lose':
      return world.lose();
    case 'sync':
      return world.sync();
    case 'slowSync':
      return world.sync(() => {
        world.deliver(0, false);
        world.answer(0);
        world.change(PAGES[0]!, 1);
      });
    case 'remember':
      return world.remember();
    case 'forget':
      return world.forget(made.all);
  }
}

/** The network is good again: what a gateway does within a few seconds. */
function settle(world: World): void {
  world.lose();
  for (let round = 0; round < 3; round += 1) {
    world.nowMs += 2000;
    world.sync();
    for (let turn = 0; turn < 3; turn += 1) {
      world.nowMs += TICK_MS;
      world.flush(true, 'good');
      for (let message = 0; message < BUCKETS; message += 1) {
        world.deliver(0, false);
        world.answer(0);
      }
    }
  }
}

describe('FeedBook over a bad network', () => {
  it('brings the receiver to exactly what the gateway has', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const world = new World();
        for (const made of steps) perform(world, made);
        settle(world);
        for (const pageId of PAGES) {
          expect([pageId, world.held(pageId)]).toEqual([pageId, world.truth.get(pageId) ?? NOBODY]);
        }
        expect(world.book.unsettled).toBe(0);
        expect(world.book.nextDueMs).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});
