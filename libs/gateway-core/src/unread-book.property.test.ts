/**
 * Goal    once everything has arrived, whoever is open is shown what plain sums say, whatever came late, twice, or not at all
 *         before; and is told each time that it is something else.
 * Method  random histories of a plain world of follows, modifications and pairs; what is told of pages is delivered in any
 *         order, and what is asked for is answered. `unread` of crdt is what it is held against.
 */
import fc from 'fast-check';
import { unread, type Follow, type VoidPair, type Writer } from '@headcount/crdt';
import type { PageId, PageModificationsValue, ViewerId } from '@headcount/protocol';
import { UnreadBook } from './unread-book.js';

const WRITERS = ['a', 'b'].map((region) => `${region}/${'0'.repeat(20)}` as Writer);
const PAGES = ['p', 'q', 'r'] as PageId[];
const USERS = ['ann', 'bob'] as ViewerId[];

interface Page {
  readonly made: Map<Writer, number>;
  readonly pairs: VoidPair[];
}

class World {
  readonly book = new UnreadBook();
  readonly pages = new Map(PAGES.map((id) => [id, { made: new Map(), pairs: [] } as Page]));
  readonly follows = new Map(USERS.map((id) => [id, new Map<PageId, Follow>()]));
  readonly open = new Set<ViewerId>();
  /** What is told, and has not arrived. */
  readonly told: PageModificationsValue[] = [];
  /** What a user has been told to be shown, or found at the beginning. */
  readonly shown = new Map<ViewerId, string>();
  rev = 1;
  nowMs = 0;

  modify(pageId: PageId, writer: Writer): void {
    const { made } = this.page(pageId);
    made.set(writer, (made.get(writer) ?? 0) + 1);
    this.tell(pageId, null);
  }

  pair(pageId: PageId, one: number, other: number): void {
    const { made, pairs } = this.page(pageId);
    const [left, right] = WRITERS.map((writer, at) => ({
      writer,
      position: 1 + ((at === 0 ? one : other) % (made.get(writer) ?? 1)),
    }));
    const isMade = WRITERS.every((writer) => made.has(writer));
    const isKnown = pairs.some((pair) =>
      pair.some(({ writer, position }) =>
        [left, right].some((each) => each?.writer === writer && each.position === position),
      ),
    );
    if (!left || !right || !isMade || isKnown) return;
    pairs.push([left, right]);
    this.tell(pageId, null);
  }

  tell(pageId: PageId, above: number | null): void {
    const { made, pairs } = this.page(pageId);
    this.told.push({
      ...{ pageId, incarnation: '0'.repeat(20), rev: (this.rev += 1), made: new Map(made) },
      ...{ modifiedAtMs: this.rev, pairCount: pairs.length },
      told: above === null ? null : { above, pairs: pairs.filter((pair) => reaches(pair, above)) },
    });
  }

  follow(userId: ViewerId, pageId: PageId, read: boolean, untilMs: number): void {
    const marks = read ? new Map(this.page(pageId).made) : new Map<Writer, number>();
    const mute = { number: untilMs > 0 ? 1 : 0, untilMs };
    this.follows.get(userId)?.set(pageId, { length: 1, marks, mute });
  }

  arrive(pick: number): void {
    const [value] = this.told.splice(pick % (this.told.length || 1), 1);
    if (value === undefined) return;
    const { verdict, changed } = this.book.takePage(value, this.nowMs);
    if (verdict !== 'news') expect(changed).toEqual([]);
    for (const userId of changed) this.note(userId);
    this.answerWanted();
  }

  read(userId: ViewerId): void {
    const follows = new Map(this.follows.get(userId));
    const { begun, isNews } = this.book.takeFollows(userId, follows, this.nowMs);
    for (const pageId of begun) this.tell(pageId, null);
    if (isNews) this.note(userId);
    this.answerWanted();
  }

  enter(userId: ViewerId): void {
    this.book.open(userId);
    this.open.add(userId);
    this.read(userId);
  }

  leave(userId: ViewerId): void {
    this.book.close(userId);
    this.open.delete(userId);
    this.shown.delete(userId);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    for (const userId of USERS) if (this.book.passTime(userId, this.nowMs)) this.note(userId);
  }

  /** What the book shows, as text; undefined: nothing yet. */
  showing(userId: ViewerId): string | undefined {
    const pages = this.book.unread(userId);
    return pages && textOf([...pages].map(({ pageId, count }) => [pageId, count]));
  }

  truth(userId: ViewerId): string {
    return textOf(
      [...(this.follows.get(userId) ?? [])].flatMap(([pageId, { marks, mute }]) => {
        const { made, pairs } = this.page(pageId);
        const count = this.nowMs < mute.untilMs ? 0 : unread(made, marks, pairs);
        return count > 0 ? [[pageId, count] as const] : [];
      }),
    );
  }

  private note(userId: ViewerId): void {
    const showing = this.showing(userId);
    if (showing === undefined) throw new Error('K1: who is told of is shown');
    this.shown.set(userId, showing);
  }

  private answerWanted(): void {
    for (const { pageId, pairsAbove } of this.book.takeWanted()) this.tell(pageId, pairsAbove);
  }

  private page(pageId: PageId): Page {
    const page = this.pages.get(pageId);
    if (!page) throw new Error(pageId);
    return page;
  }
}

const reaches = (pair: VoidPair, above: number): boolean =>
  Math.max(...pair.map(({ position }) => position)) > above;
const textOf = (counts: readonly (readonly [PageId, number])[]): string =>
  JSON.stringify([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));

const page = fc.constantFrom(...PAGES);
const user = fc.constantFrom(...USERS);
const pick = fc.nat({ max: 50 });
const step = fc.oneof(
  fc.record({ does: fc.constant('modify' as const), page, writer: fc.constantFrom(...WRITERS) }),
  fc.record({ does: fc.constant('pair' as const), page, one: pick, other: pick }),
  fc.record({
    ...{ does: fc.constant('follow' as const), user, page, read: fc.boolean() },
    untilMs: fc.constantFrom(0, 0, 20, 100),
  }),
  fc.record({ does: fc.constant('unfollow' as const), user, page }),
  fc.record({ does: fc.constantFrom('enter' as const, 'leave' as const, 'read' as const), user }),
  fc.record({ does: fc.constantFrom('arrive' as const, 'lose' as const), pick }),
  fc.record({ does: fc.constant('pass' as const), ms: fc.nat({ max: 30 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function take(world: World, one: Step): void {
  switch (one.does) {
    case 'modify':
      return world.modify(one.page, one.writer);
    case 'pair':
      return world.pair(one.page, one.one, one.other);
    case 'follow':
      return world.follow(one.user, one.page, one.read, one.untilMs);
    case 'unfollow':
      return void world.follows.get(one.user)?.delete(one.page);
    case 'enter':
      return world.enter(one.user);
    case 'leave':
      return world.leave(one.user);
    case 'read':
      return world.read(one.user);
    case 'arrive':
      return world.arrive(one.pick);
    case 'lose':
      return void world.told.splice(one.pick % (world.told.length || 1), 1);
    case 'pass':
      return world.pass(one.ms);
  }
}

describe('UnreadBook', () => {
  it('shows what plain sums say once everything has arrived, and tells of each change', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const world = new World();
        for (const one of steps) take(world, one);
        // As after a gap: everything is registered and told anew.
        for (const userId of world.open) world.read(userId);
        for (const pageId of PAGES) world.tell(pageId, null);
        while (world.told.length > 0) world.arrive(world.told.length - 1);
        for (const userId of USERS) {
          if (!world.open.has(userId)) {
            expect(world.showing(userId)).toBeUndefined();
            continue;
          }
          expect(world.showing(userId)).toBe(world.truth(userId));
          expect(world.shown.get(userId)).toBe(world.truth(userId));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('holds nothing of users that have left, and of pages that nobody follows', () => {
    const world = new World();
    world.follow(USERS[0]!, PAGES[0]!, false, 0);
    world.enter(USERS[0]!);
    expect([world.book.userCount, world.book.pageCount]).toEqual([1, 1]);
    expect(world.book.close(USERS[0]!)).toEqual([PAGES[0]]);
    expect([world.book.userCount, world.book.pageCount]).toEqual([0, 0]);
    expect(world.book.close(USERS[0]!)).toEqual([]);
  });

  it('tells of nothing where a muted page is modified, or one is told of again', () => {
    const world = new World();
    const [ann, p, q] = [USERS[0]!, PAGES[0]!, PAGES[1]!];
    world.follow(ann, p, false, 10);
    world.follow(ann, q, false, 0);
    world.modify(q, WRITERS[0]!);
    world.enter(ann);
    while (world.told.length > 0) world.arrive(0);
    expect(world.showing(ann)).toBe('[["q",1]]');
    world.modify(p, WRITERS[0]!);
    expect(world.book.takePage(world.told.pop()!, 0).changed).toEqual([]);
    world.tell(q, null);
    const again = { ...world.told.pop()!, modifiedAtMs: 2 };
    const first = world.book.takePage(again, 0);
    expect(world.book.takePage({ ...again, rev: again.rev + 1 }, 0)).toEqual({
      ...{ verdict: 'news', changed: [] },
    });
    expect(first.verdict).toBe('news');
    expect(world.book.nextMuteEndMs(ann, 0)).toBe(10);
    world.pass(10);
    expect(world.showing(ann)).toBe('[["p",1],["q",1]]');
    expect(world.book.nextMuteEndMs(ann, 10)).toBeNull();
  });
});
