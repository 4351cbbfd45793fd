/**
 * Goal    a cache shows what the bucket has shown within its age, never what is older than this process has written, never a
 *         step back, nothing while it is deaf; and once it could look, what the bucket shows.
 * Method  a bucket of plain maps changes, is flushed and rolled back. What is asked of it waits to be carried out, and its answer
 *         waits to come; publications are delivered late, out of order or never. Each state of the bucket is written down
 *         with its time, and whatever the cache shows has to be one of those.
 */
import fc from 'fast-check';
import {
  compareRev,
  NOWHERE,
  laterPosition,
  type Position,
  type RevVersion,
} from '@headcount/crdt';
import type { BucketChanges, CounterStore, ModificationStore } from '@headcount/counter-store';
import type { CounterName, PageId } from '@headcount/protocol';
import { CounterCache } from './counter-cache.js';
import { Followers } from './followers.js';
import { PlainBucket } from './testing/plain-bucket.js';

const PAGES = ['a', 'b', 'c'] as PageId[];
const NAME = 'viewers' as CounterName;
const AGE_MS_MAX = 20;

interface Asked {
  readonly carryOut: () => unknown;
  readonly settle: (answer: unknown) => void;
  readonly fail: () => void;
  answer?: unknown;
  isDone: boolean;
}

/** One process with its cache, and a Redis that does what it is told. */
class World {
  readonly bucket = new PlainBucket();
  nowMs = 0;
  isHearing = true;
  published: BucketChanges[] = [];
  private asked: Asked[] = [];
  private seen: Position = NOWHERE;
  private seenAtMs = -Infinity;
  private heardSinceMs = -Infinity;
  /** What each page has shown, and since when. */
  private readonly states: {
    readonly atMs: number;
    readonly shows: ReadonlyMap<string, number>;
  }[] = [];
  private readonly highest = new Map<string, RevVersion>();
  readonly cache: CounterCache;
  private readonly followers: Followers;

  constructor(countersMax: number) {
    const ask = <T>(carryOut: () => T): Promise<T> =>
      new Promise((settle, reject) => {
        const fail = (): void => reject(new Error('Redis is away'));
        this.asked.push({
          carryOut,
          settle: settle as (answer: unknown) => void,
          fail,
          isDone: false,
        });
      });
    const { bucket } = this;
    const counters: Pick<CounterStore, 'read' | 'since' | 'compare'> = {
      read: (_, wanted) =>
        ask(() => bucket.read(wanted.map(({ pageId, name }) => `${pageId} ${name}`))),
      since: (_, position) => ask(() => bucket.since(position)),
      compare: () => ask(() => bucket.position),
    };
    this.followers = new Followers({
      counters: counters as CounterStore,
      modifications: {} as ModificationStore,
      timers: { nowMs: () => this.nowMs },
      subscribe: () =>
        this.isHearing ? Promise.resolve() : Promise.reject(new Error('not connected')),
      unsubscribe: () => Promise.resolve(),
    });
    this.cache = new CounterCache({
      ...{ buckets: 1, countersMax, ageMsMax: AGE_MS_MAX, followers: this.followers },
      seen: () => this.seen,
      nowMs: () => this.nowMs,
    });
    this.note();
  }

  change(page: PageId, viewers: number, isOwn: boolean): void {
    this.publish(this.bucket.change(`${page} ${NAME}`, viewers));
    if (!isOwn) return;
    this.seen = laterPosition(this.seen, this.bucket.position);
    this.seenAtMs = this.nowMs;
  }

  forget(isBack: boolean): void {
    this.publish(this.bucket.forget(isBack));
  }

  look(page: PageId): void {
    const counter = { pageId: page, name: NAME };
    const value = this.cache.shown(counter);
    if (value === null) {
      this.cache.missed(counter);
      return;
    }
    expect(this.isHearing).toBe(true);
    const fromMs = Math.max(this.nowMs - AGE_MS_MAX, this.seenAtMs, this.heardSinceMs);
    expect(this.shownSince(page, fromMs)).toContain(value.count);
    expect(compareRev(value, this.highest.get(page) ?? value)).toBeGreaterThanOrEqual(0);
    this.highest.set(page, value);
  }

  /** Redis carries out the next of what is asked. */
  carryOut(): void {
    const next = this.asked.find(({ isDone }) => !isDone);
    if (!next) return;
    next.answer = next.carryOut();
    next.isDone = true;
  }

  /** The oldest answer comes. */
  answer(): void {
    if (this.asked[0]?.isDone !== true) return;
    const first = this.asked.shift();
    first?.settle(first.answer);
  }

  disconnect(): void {
    for (const { fail } of this.asked.splice(0)) fail();
  }

  deafen(): void {
    this.isHearing = false;
    this.published = [];
    this.followers.hears(false);
  }

  hear(): void {
    if (!this.isHearing) this.heardSinceMs = this.nowMs;
    this.isHearing = true;
    this.followers.hears(true);
  }

  compare(): void {
    this.followers.compareAll();
  }

  deliver(pick: number): void {
    const changes = this.lose(pick);
    if (changes) this.followers.heard(changes);
  }

  lose(pick: number): BucketChanges | undefined {
    return this.published.splice(pick % (this.published.length || 1), 1)[0];
  }

  async settle(): Promise<void> {
    for (let tick = 0; tick < 24; tick += 1) await Promise.resolve();
  }

  async answerAll(): Promise<void> {
    for (let turn = 0; turn < 30; turn += 1) {
      await this.settle();
      this.carryOut();
      this.answer();
    }
    expect(this.asked).toEqual([]);
  }

  /** What a page shows now. */
  present(page: PageId): number {
    return this.bucket.rows.get(`${page} ${NAME}`)?.viewers ?? 0;
  }

  private publish(changes: BucketChanges): void {
    if (this.isHearing) this.published.push(changes);
    this.note();
  }

  private note(): void {
    this.states.push({
      atMs: this.nowMs,
      shows: new Map(PAGES.map((page) => [page, this.present(page)])),
    });
  }

  private shownSince(page: PageId, fromMs: number): (number | undefined)[] {
    const first = this.states.findLastIndex(({ atMs }) => atMs < fromMs);
    return this.states.slice(Math.max(first, 0)).map(({ shows }) => shows.get(page));
  }
}

const page = fc.constantFrom(...PAGES);
const pick = fc.nat({ max: 20 });
type Step = (world: World) => void;
const does = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });
const plain = (weight: number, step: Step) => does(weight, fc.constant(step));
const told = (weight: number, lossy: boolean) =>
  lossy
    ? [
        does(
          weight,
          pick.map((at) => (world) => world.deliver(at)),
        ),
        does(
          1,
          pick.map((at) => (world) => void world.lose(at)),
        ),
      ]
    : [plain(weight, (world) => world.deliver(0))];
const steps = (lossy: boolean) =>
  fc.array(
    fc.oneof(
      does(
        8,
        page.map((one) => (world) => world.look(one)),
      ),
      does(
        4,
        fc.tuple(page, fc.nat({ max: 9 }), fc.boolean()).map(
          ([one, viewers, isOwn]) =>
            (world) =>
              world.change(one, viewers, isOwn),
        ),
      ),
      ...told(5, lossy),
      plain(7, (world) => world.carryOut()),
      plain(7, (world) => world.answer()),
      plain(2, (world) => world.compare()),
      does(
        3,
        fc.nat({ max: 15 }).map((ms) => (world) => void (world.nowMs += ms)),
      ),
      plain(1, (world) => world.bucket.save()),
      does(
        1,
        fc.boolean().map((isBack) => (world) => world.forget(isBack)),
      ),
      plain(1, (world) => world.deafen()),
      plain(2, (world) => world.hear()),
      plain(1, (world) => world.disconnect()),
      plain(1, (world) => world.cache.giveUpUnasked()),
    ),
    { maxLength: 80, size: 'max' },
  );

async function run(world: World, made: readonly Step[]): Promise<void> {
  // All pages are kept at first.
  await recover(world);
  for (const step of made) {
    step(world);
    await world.settle();
  }
}

/** Everybody hears and answers again; the pages are asked for until they are kept. */
async function recover(world: World): Promise<void> {
  await world.answerAll();
  world.hear();
  await world.answerAll();
  for (let times = 0; times < 3; times += 1) {
    for (const one of PAGES) world.look(one);
    await world.answerAll();
  }
  world.published = [];
  world.compare();
  await world.answerAll();
}

describe('counter cache', () => {
  it('shows what the bucket showed not long before, and at last what it shows, whatever is lost', async () => {
    await fc.assert(
      fc.asyncProperty(steps(true), async (made) => {
        const world = new World(PAGES.length);
        await run(world, made);
        await recover(world);
        for (const one of PAGES) {
          const value = world.cache.shown({ pageId: one, name: NAME });
          expect(value?.count).toBe(world.present(one));
        }
      }),
      { numRuns: 250 },
    );
  });

  it('shows what the bucket shows once all publications are there, in the order in which they were made', async () => {
    await fc.assert(
      fc.asyncProperty(steps(false), page, async (made, one) => {
        const world = new World(PAGES.length);
        await run(world, made);
        while (world.published.length > 0) world.deliver(0);
        await world.settle();
        const value = world.cache.shown({ pageId: one, name: NAME });
        if (value) expect(value.count).toBe(world.present(one));
      }),
      { numRuns: 250 },
    );
  });

  it('counts a comparison from its beginning, for what was published meanwhile may be lost', async () => {
    const world = new World(PAGES.length);
    await recover(world);
    world.compare();
    world.carryOut();
    world.change(PAGES[0]!, 5, false);
    world.lose(0);
    world.nowMs += 0.7 * AGE_MS_MAX;
    world.answer();
    await world.settle();
    expect(world.cache.shown({ pageId: PAGES[0]!, name: NAME })?.count).toBe(0);
    world.nowMs += 0.7 * AGE_MS_MAX;
    expect(world.cache.shown({ pageId: PAGES[0]!, name: NAME })).toBeNull();
  });

  it('keeps no more than it may, and what was asked for of late rather than what was not', async () => {
    const world = new World(2);
    const keep = async (one: PageId): Promise<void> => {
      for (let times = 0; times < 3; times += 1) {
        world.look(one);
        await world.answerAll();
      }
    };
    for (const one of PAGES) await keep(one);
    expect(world.cache.size).toBe(2);
    const [, , last] = PAGES;
    world.cache.giveUpUnasked();
    world.look(last!);
    world.cache.giveUpUnasked();
    expect(world.cache.size).toBe(1);
    expect(world.cache.shown({ pageId: last!, name: NAME })?.count).toBe(0);
    world.cache.giveUpUnasked();
    world.cache.giveUpUnasked();
    expect(world.cache.size).toBe(0);
  });
});
