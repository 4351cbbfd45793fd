/**
 * Goal    no window of time ever holds more than its limit; and what was taken can be taken again as soon as is documented.
 * Method  random calls on a real Redis, on a clock that the test moves and that some callers have wrong, beside a model that remembers
 *         each taking at the time when it was made: what is allowed is held against every window there is, and what is refused
 *         against what counts if each taking is let go a slot after it has left the window.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import { RedisLimitStore, type Limit } from './limit.store.js';
import { limitKey } from './keys.js';
import type { Allowance } from './scripts/limit-take.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

interface Call {
  /** Since the call before, in milliseconds. */
  readonly afterMs: number;
  /** How far behind the caller's clock is. */
  readonly lateMs: number;
  readonly cost: number;
}
interface Taking {
  readonly atMs: number;
  readonly cost: number;
}

const SLOTS = 60;
const LISTPACK = 'hash-max-listpack-entries';
const limits = fc.record({
  limit: fc.integer({ min: 1, max: 20 }),
  windowSeconds: fc.constantFrom(1, 7, 60, 3600),
});
/** Times are told in thousandths of the window, so that all of it is met whatever its length. */
const calls = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 1500 })),
    lateMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 300 })),
    cost: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.nat({ max: 8 })),
  }),
  { minLength: 5, maxLength: 60, size: 'max' },
);

const sumOf = (takings: readonly Taking[]): number =>
  takings.reduce((sum, { cost }) => sum + cost, 0);

class History {
  private readonly store: RedisLimitStore;
  private readonly takings: Taking[] = [];
  private nowMs = 1_700_000_000_123;
  private lateMs = 0;

  constructor(
    stores: StoreHarness,
    private readonly limit: Limit,
  ) {
    this.store = new RedisLimitStore(stores.context, () => this.nowMs - this.lateMs);
  }

  async run(all: readonly Call[]): Promise<void> {
    for (const call of all) await this.take(call);
  }

  private async take({ afterMs, lateMs, cost }: Call): Promise<void> {
    const windowMs = this.limit.windowSeconds * 1000;
    this.nowMs += Math.round((afterMs * windowMs) / 1000);
    this.lateMs = Math.round((lateMs * windowMs) / 1000);
    const allowance = await this.store.take(this.limit, cost);
    // Whoever is late is taken to call when something was taken last.
    const atMs = Math.max(this.nowMs - this.lateMs, this.takings.at(-1)?.atMs ?? 0);
    if (allowance.isAllowed && cost > 0) this.takings.push({ atMs, cost });
    const inWindow = this.takings.filter((taking) => taking.atMs > atMs - windowMs);
    expect(sumOf(inWindow)).toBeLessThanOrEqual(this.limit.limit);
    const slotMs = Math.ceil(windowMs / SLOTS);
    const inWindowAndSlot = this.takings.filter(
      (taking) => taking.atMs > atMs - windowMs - slotMs + 1,
    );
    this.compareLeft(allowance, sumOf(inWindow), sumOf(inWindowAndSlot), cost);
    await this.compareWait(allowance, cost);
  }

  private compareLeft(
    { isAllowed, remaining }: Allowance,
    least: number,
    most: number,
    cost: number,
  ): void {
    const { limit } = this.limit;
    expect(remaining).toBeLessThanOrEqual(limit - least);
    expect(remaining).toBeGreaterThanOrEqual(Math.max(0, limit - most));
    if (!isAllowed) expect(cost).toBeGreaterThan(limit - most);
  }

  /** Who is told to wait is let in then, and not a millisecond earlier; what was taken is all there again when it is said to be. */
  private async compareWait(
    { isAllowed, resetMs, retryMs }: Allowance,
    cost: number,
  ): Promise<void> {
    const { limit } = this.limit;
    expect(retryMs === null).toBe(isAllowed || cost > limit);
    const clockMs = Math.max(this.nowMs - this.lateMs, this.takings.at(-1)?.atMs ?? 0);
    const look = (atMs: number): Promise<Allowance> => {
      const later = new RedisLimitStore({ redis: this.redis }, () => atMs);
      return later.take(this.limit, 0);
    };
    if (retryMs !== null) {
      expect((await look(clockMs + retryMs)).remaining).toBeGreaterThanOrEqual(cost);
      expect((await look(clockMs + retryMs - 1)).remaining).toBeLessThan(cost);
    }
    expect((await look(clockMs + resetMs)).remaining).toBe(limit);
    if (resetMs > 0) expect((await look(clockMs + resetMs - 1)).remaining).toBeLessThan(limit);
  }

  private get redis(): StoreHarness['redis'] {
    return stores.redis;
  }
}

let stores: StoreHarness;
beforeAll(async () => {
  stores = await openStores();
});
afterAll(() => stores.close());

const limitOf = (windowSeconds: number, limit: number): Limit => ({
  ...{ kind: 'key', key: 'k', limit, windowSeconds },
});

describe('limit store', () => {
  it('takes from what is held only, where it is asked so, and leaves what is new as it is', async () => {
    const store = new RedisLimitStore(stores.context);
    const limit = limitOf(60, 3);
    expect(await store.takeIfHeld(limit, 2)).toBeNull();
    expect(await stores.redis.keys('*')).toEqual([]);
    expect(await store.takeIfHeld(limit, 0)).toMatchObject({ isAllowed: true, remaining: 3 });
    expect(await store.takeIfHeld(limit, 4)).toMatchObject({ isAllowed: false, retryMs: null });
    await store.take(limit, 1);
    expect(await store.takeIfHeld(limit, 2)).toMatchObject({ isAllowed: true, remaining: 0 });
    expect(await store.takeIfHeld(limit, 1)).toMatchObject({ isAllowed: false });
  });

  beforeEach(async () => {
    await stores.redis.flushall();
    await stores.redis.config('SET', LISTPACK, 128);
  });

  it('lets no window hold more than its limit, and gives back in time, on random histories', async () => {
    await fc.assert(
      fc.asyncProperty(limits, calls, async ({ limit, windowSeconds }, all) => {
        await stores.redis.flushall();
        // Its fields come in another order then.
        await stores.redis.config('SET', LISTPACK, limit % 2 === 0 ? 128 : 4);
        await new History(stores, limitOf(windowSeconds, limit)).run(all);
      }),
      { numRuns: runs(25) },
    );
  }, 120_000);

  it.each([
    ['at the beginning of a slot', 0, 60_999],
    ['at the end of a slot', 999, 60_000],
  ])('gives back what was taken %s when the slot has left the window', async (_, atMs, backMs) => {
    let nowMs = 1_700_000_000_000 + atMs;
    const store = new RedisLimitStore(stores.context, () => nowMs);
    expect(await store.take(limitOf(60, 1), 1)).toMatchObject({ isAllowed: true, resetMs: backMs });
    expect((await store.take(limitOf(60, 1), 1)).retryMs).toBe(backMs);
    nowMs += backMs - 1;
    expect((await store.take(limitOf(60, 1), 1)).isAllowed).toBe(false);
    nowMs += 1;
    expect((await store.take(limitOf(60, 1), 1)).isAllowed).toBe(true);
  });

  it('is exact however many ask at once, by the clock of Redis', async () => {
    const store = new RedisLimitStore(stores.context);
    const asked = Array.from({ length: 500 }, () => store.take(limitOf(3600, 123), 1));
    const allowed = (await Promise.all(asked)).filter(({ isAllowed }) => isAllowed);
    expect(allowed).toHaveLength(123);
    expect(new Set(allowed.map(({ remaining }) => remaining)).size).toBe(123);
  });

  it('holds one key of at most 62 small fields whatever the limit, which ends by itself', async () => {
    let nowMs = 1_700_000_000_000;
    const store = new RedisLimitStore(stores.context, () => nowMs);
    const huge = limitOf(60, Number.MAX_SAFE_INTEGER);
    for (let call = 0; call < 400; call += 1) {
      nowMs += 331;
      await store.take(huge, 1_000_000_000);
    }
    const key = limitKey('key', 'k', 60);
    expect(await stores.redis.hlen(key)).toBeLessThanOrEqual(62);
    expect(await stores.redis.object('ENCODING', key)).toBe('listpack');
    expect(await stores.redis.pttl(key)).toBeGreaterThan(60_000);
    expect(await stores.redis.pttl(key)).toBeLessThanOrEqual(61_000);
  });

  it('keeps limits of other kinds, keys and windows apart', async () => {
    const store = new RedisLimitStore(stores.context);
    const one = limitOf(60, 1);
    const all: Limit[] = [
      one,
      { ...one, windowSeconds: 61 },
      { ...one, key: 'other' },
      { ...one, kind: 'caller' },
    ];
    for (const each of all) expect((await store.take(each, 1)).isAllowed).toBe(true);
    for (const each of all) expect((await store.take(each, 1)).isAllowed).toBe(false);
  });
});
