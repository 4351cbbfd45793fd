/**
 * Goal    no quota is passed, what is refused changes nothing, and when all have left nothing is held.
 * Method  random operations of random sockets, against lists that are counted from their beginning each time.
 */
import type { CounterName, PageId, ViewerId } from '@headcount/protocol';
import fc from 'fast-check';
import { counterKey, type CounterId } from './counter-key.js';
import { InterestBook } from './interest-book.js';
import { QuotaBook, type Holder, type Holding, type Quota } from './quota-book.js';
import { GRACE_MS } from './wanted-set.js';

const NAME = 'likes' as CounterName;
const counters = Array.from({ length: 30 }, (_, n): CounterId => ({
  pageId: `/${n}` as PageId,
  name: NAME,
}));
const quotas = {
  ...{ socketsPerViewer: 2, watchedPerSocket: 18, watchedPerViewer: 24, watched: 27 },
  ...{ questionsPerViewer: 3, textPerViewer: 100 },
};

interface Socket {
  readonly viewerId: ViewerId | null;
  readonly holder: Holder;
  operations: Holding[];
}

const distinct = (holdings: readonly Holding[]): Set<string> =>
  new Set(holdings.flatMap((each) => each.counters ?? []).map(counterKey));

class World {
  nowMs = 0;
  readonly interest = new InterestBook();
  readonly book = new QuotaBook(quotas, this.interest, () => this.nowMs);
  sockets: Socket[] = [];

  enter(viewerId: ViewerId | null): void {
    const entered = this.book.enter(viewerId);
    const before = this.of(viewerId).length;
    expect(entered.ok).toBe(viewerId === null || before < quotas.socketsPerViewer);
    if (entered.ok) this.sockets.push({ viewerId, holder: entered.value, operations: [] });
  }

  begin(at: number, holding: Holding): void {
    const socket = this.sockets[at % Math.max(this.sockets.length, 1)];
    if (!socket) return;
    const expected = this.refusalOf(socket, holding);
    expect(socket.holder.hold(holding)).toBe(expected);
    if (expected === null) socket.operations.push(holding);
  }

  end(at: number): void {
    const socket = this.sockets[at % Math.max(this.sockets.length, 1)];
    const ended = socket?.operations.shift();
    if (ended) socket?.holder.release(ended);
  }

  /** Closes, its operations ending before that or after it. */
  close(at: number, isLast: boolean): void {
    const [socket] = this.sockets.splice(at % Math.max(this.sockets.length, 1), 1);
    if (!socket) return;
    if (!isLast) socket.holder.leave();
    for (const operation of socket.operations) socket.holder.release(operation);
    socket.holder.leave();
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.interest.counters.expire(this.nowMs);
    // The home has taken all there is to tell.
    while (this.interest.takeRequest() !== null) this.interest.succeeded();
  }

  private of(viewerId: ViewerId | null): Socket[] {
    return this.sockets.filter((each) => viewerId !== null && each.viewerId === viewerId);
  }

  private refusalOf(socket: Socket, holding: Holding): Quota | null {
    const { counters: asked = [], question } = holding;
    const own = distinct(socket.operations);
    const more = [...distinct([holding])].filter((key) => !own.has(key));
    if (own.size + more.length > quotas.watchedPerSocket) return 'watchedPerSocket';
    const all = socket.viewerId === null ? [socket] : this.of(socket.viewerId);
    const watched = all.reduce((sum, each) => sum + distinct(each.operations).size, 0);
    if (watched + more.length > quotas.watchedPerViewer) return 'watchedPerViewer';
    const unwanted = new Set(asked.filter((counter) => !this.interest.counters.wants(counter)));
    const held = this.interest.held;
    if (unwanted.size > 0 && held + unwanted.size > quotas.watched) return 'watched';
    const questions = new Set(all.flatMap((each) => each.operations.map((one) => one.question)));
    questions.delete(undefined);
    const isNew = question !== undefined && !questions.has(question);
    return isNew && questions.size >= quotas.questionsPerViewer ? 'questionsPerViewer' : null;
  }
}

describe('the text of a viewer', () => {
  it('is bounded over all of its sockets, and given back when operations end and sockets close', () => {
    const { book } = new World();
    const [one, other] = ['ann', 'ann'].map((id) => book.enter(id as ViewerId));
    if (!one?.ok || !other?.ok) throw new Error('there is room for two');
    expect([one.value.holdText(60), other.value.holdText(40)]).toEqual([null, null]);
    expect([one.value.holdText(1), other.value.holdText(1)]).toEqual(
      Array(2).fill('textPerViewer'),
    );
    other.value.releaseText(40);
    expect(one.value.holdText(40)).toBeNull();
    one.value.leave();
    one.value.releaseText(60);
    expect([other.value.holdText(100), other.value.holdText(1)]).toEqual([null, 'textPerViewer']);
  });
});

const holding: fc.Arbitrary<Holding> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ counters: fc.subarray(counters, { maxLength: 20 }) }) },
  {
    weight: 1,
    // The same counter twice in one operation.
    arbitrary: fc.constantFrom(...counters).map((each) => ({ counters: [each, each] })),
  },
  { weight: 1, arbitrary: fc.record({ question: fc.constantFrom('a', 'b', 'c', 'd', 'e') }) },
);
const viewer = fc.constantFrom<(ViewerId | null)[]>('ann' as ViewerId, 'bob' as ViewerId, null);

const step: fc.Arbitrary<(world: World) => void> = fc.oneof(
  viewer.map((viewerId) => (world: World) => world.enter(viewerId)),
  fc.tuple(fc.nat(9), holding).map(
    ([at, asked]) =>
      (world: World) =>
        world.begin(at, asked),
  ),
  fc.nat(9).map((at) => (world: World) => world.end(at)),
  fc.tuple(fc.nat(9), fc.boolean()).map(
    ([at, isLast]) =>
      (world: World) =>
        world.close(at, isLast),
  ),
  fc.nat(GRACE_MS).map((ms) => (world: World) => world.pass(ms)),
);

describe('QuotaBook', () => {
  it('refuses exactly what passes a quota, and is empty when all have left', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const world = new World();
        for (const perform of steps) perform(world);
        const watched = distinct(world.sockets.flatMap((each) => each.operations));
        world.pass(GRACE_MS);
        expect(world.interest.counters.size).toBe(watched.size);
        while (world.sockets.length > 0) world.close(0, false);
        world.pass(GRACE_MS);
        expect([world.book.sizes, world.interest.held]).toEqual([{ holders: 0, viewers: 0 }, 0]);
      }),
      { numRuns: 500 },
    );
  });
});
