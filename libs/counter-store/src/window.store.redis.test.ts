/**
 * Goal    window-read tells exactly what a windowed counter has gained in the slots of a window: each operation once, in one region
 *         and in several that pull from each other; and what is over goes away everywhere, with all that it took.
 * Method  examples for refusals, ends and repeats; random histories of two regions with operations that both have taken, against
 *         plain sums over a list. Time is an argument.
 */
import fc from 'fast-check';
import type { Addition } from './counter.store.js';
import { ask, pull } from './testing/pull.js';
import { openStores, rawShelves } from './testing/store-harness.js';
import { seriesPlan, windowPlan, type SlotKind } from './window-plan.js';

const BUCKET = 0;
const DAY_MS = 86_400_000;
const LONG = `${'long/'.repeat(20)}page`;
const COUNTER = { pageId: 'host', name: 'events' };

const event = (amount = 1, operationId: string | null = null, pageId = 'host'): Addition => ({
  ...{ pageId, name: 'events', amount, operationId },
});

async function openRegion(name: string) {
  const stores = await openStores({
    region: name,
    rules: { windowed: ['events', 'hits.*'], bounded: [] },
    // Longer than any history here.
    windowMs: DAY_MS,
  });
  let number = 0;
  const plain = {
    name,
    stores,
    async batch(of: number, ...additions: readonly Addition[]) {
      const batch = { bucket: BUCKET, instance: 'i', number: of, additions, sentUnder: null };
      return (await stores.counters.add(batch)).added.map(({ outcome }) => outcome);
    },
    add: (...additions: readonly Addition[]) => plain.batch((number += 1), ...additions),
    async window(seconds: number, counter = COUNTER): Promise<number> {
      const { ranges } = windowPlan(seconds, stores.clock.nowMs);
      const gains = await stores.windows.read(BUCKET, counter, ranges);
      return gains.reduce((sum, gain) => sum + gain, 0);
    },
    series: (kind: SlotKind, last: number, counter = COUNTER) =>
      stores.windows.read(BUCKET, counter, seriesPlan(kind, last, stores.clock.nowMs).ranges),
    async total(counter = COUNTER) {
      return (await stores.counters.read(BUCKET, [counter])).views[0]?.durable;
    },
    /** Sweeps until everything has been walked through once. */
    async sweep() {
      for (let round = 0; round < 60; round += 1) await stores.upkeep.sweep(BUCKET);
    },
    async differences() {
      const found = [];
      for (let shelf = 0; shelf < 64; shelf += 1)
        found.push(...((await stores.upkeep.audit(BUCKET, [], shelf))?.differences ?? []));
      return found;
    },
  };
  return plain;
}
type Region = Awaited<ReturnType<typeof openRegion>>;

/** Slots that are stored, as their keys, each once. */
const slotsIn = async ({ stores }: Region): Promise<string[]> => {
  const keys = [...(await rawShelves(stores.redis, BUCKET)).keys()].map(
    (field) => field.split('\t')[0] ?? '',
  );
  return [...new Set(keys)].filter((key) => /@[smh]\d+$/.test(key));
};

describe('windows', () => {
  let ams: Region;
  let fra: Region;
  let alone: Region;
  const all = () => [ams, fra, alone];
  beforeAll(async () => {
    [ams, fra, alone] = await Promise.all([openRegion('ams'), openRegion('fra'), openRegion('')]);
  });
  afterAll(() => Promise.all(all().map(({ stores }) => stores.close())));
  beforeEach(async () => {
    for (const { stores } of all()) {
      await stores.redis.flushall();
      // The beginning of an hour.
      stores.clock.nowMs = 472_222 * 3_600_000;
    }
  });
  const passMs = (ms: number) => all().forEach(({ stores }) => void (stores.clock.nowMs += ms));

  it('hold what came within them, to the slot, and series say when', async () => {
    await alone.add(event(1), event(2));
    passMs(10_000);
    await alone.add(event(4));
    passMs(60_000);
    await alone.add(event(8), event(-3));
    expect(await alone.window(10)).toBe(5);
    expect(await alone.window(60)).toBe(9);
    expect(await alone.window(61)).toBe(12);
    expect(await alone.window(7200)).toBe(12);
    expect(await alone.series('s', 9)).toEqual([0, 3, 4, 0, 0, 0, 0, 0, 5]);
    expect(await alone.series('m', 3)).toEqual([0, 7, 5]);
    expect(await alone.series('h', 1)).toEqual([12]);
    expect(await alone.total()).toBe(12);
  });

  it('are kept of the names that are windowed, whatever the length of the page id', async () => {
    const other = { pageId: 'host', name: 'likes' };
    const starred = { pageId: LONG, name: 'hits.home' };
    await alone.add(
      { ...other, amount: 1, operationId: null },
      { ...starred, amount: 2, operationId: null },
    );
    await alone.add(event(3, null, LONG));
    expect(await alone.window(60, other)).toBe(0);
    expect(await alone.window(60, starred)).toBe(2);
    expect(await alone.window(60, { ...COUNTER, pageId: LONG })).toBe(3);
    const longest = Math.max(...(await slotsIn(alone)).map((key) => Buffer.byteLength(key)));
    expect(longest).toBeLessThanOrEqual(34);
  });

  it('count an operation once: a batch that comes again, an id that does, and nothing that is refused', async () => {
    expect(await alone.batch(1, event(1), event(2, 'op'))).toEqual(['added', 'added']);
    await alone.batch(1, event(1), event(2, 'op'));
    passMs(60_000);
    expect(
      await alone.batch(2, event(2, 'op'), event(3, 'op'), event(Number.MAX_SAFE_INTEGER)),
    ).toEqual(['replayed', 'OPERATION_ID_REUSED', 'OUT_OF_RANGE']);
    expect(await alone.series('m', 2)).toEqual([3, 0]);
    expect(await alone.total()).toBe(3);
  });

  it('show elsewhere what came anywhere, and take back what two regions have counted twice', async () => {
    await ams.add(event(1, 'both'));
    passMs(61_000);
    await fra.add(event(1, 'both'), event(10));
    await pull(ams, fra);
    await pull(fra, ams);
    await pull(ams, fra);
    for (const region of [ams, fra]) {
      expect(await region.series('m', 2)).toEqual([1, 10]);
      expect(await region.window(3600)).toBe(11);
      expect(await region.total()).toBe(11);
      expect(await region.differences()).toEqual([]);
    }
  });

  it('tell nobody of slots who only watches counters', async () => {
    const heard: string[] = [];
    const listener = alone.stores.redis.duplicate();
    await listener.connect();
    await listener.psubscribe('hc:*');
    listener.on('pmessage', (_pattern, _channel, message: string) => heard.push(message));
    await alone.add(event());
    const { position } = await alone.stores.counters.read(BUCKET, [COUNTER]);
    const since = await alone.stores.counters.since(BUCKET, { ...position, rev: 0 }, 100);
    expect(since.rows?.map(({ key }) => key)).toEqual(['host events']);
    await alone.stores.redis.ping();
    listener.disconnect();
    expect(heard.join()).not.toContain('@');
  });

  it('give back what they took once their time is over, and take nothing of it from a peer that still has it', async () => {
    await ams.add(event(1, 'both'));
    await fra.add(event(1, 'both'));
    for (let slot = 0; slot < 40; slot += 1) {
      await ams.add(event(1, `a${slot}`));
      passMs(10_000);
    }
    await pull(ams, fra);
    await pull(fra, ams);
    await pull(ams, fra);
    expect(await ams.stores.redis.zcard('hc:{0}:voids')).toBe(4);
    passMs(2 * 3_600_000);
    await ams.sweep();
    expect((await slotsIn(ams)).filter((key) => key.includes('@s'))).toEqual([]);
    expect((await slotsIn(fra)).length).toBeGreaterThan(40);
    // fra forgets what it has told: ams is sent everything.
    await ams.stores.redis.hdel('hc:{0}:regions', 'fra');
    await pull(ams, fra);
    expect((await slotsIn(ams)).filter((key) => key.includes('@s'))).toEqual([]);
    expect(await ams.stores.redis.zcard('hc:{0}:voids')).toBe(3);
    passMs(33 * DAY_MS);
    for (const region of [ams, fra]) {
      await region.sweep();
      expect(await slotsIn(region)).toEqual([]);
      expect(await region.stores.redis.zcard('hc:{0}:voids')).toBe(1);
      expect(await region.stores.redis.hget('hc:{0}:meta', 'slotted')).toBeNull();
      expect([...(await rawShelves(region.stores.redis, BUCKET)).keys()].sort()).toHaveLength(2);
      expect(await region.stores.redis.hget('hc:{0}:meta', 'entries')).toBe('2');
      expect(await region.total()).toBe(41);
      expect(await region.differences()).toEqual([]);
    }
  });

  it('are swept with slots that come while a walk is under way, over many shelves', async () => {
    for (let page = 0; page < 200; page += 1) await alone.add(event(1, null, `page-${page}`));
    await alone.stores.upkeep.sweep(BUCKET);
    await alone.add(event(1, null, 'late'));
    passMs(33 * DAY_MS);
    await alone.sweep();
    expect(await slotsIn(alone)).toEqual([]);
    const index = await alone.stores.redis.zrange('hc:{0}:index', 0, -1);
    expect(index.filter((key) => key.includes('@'))).toEqual([]);
  });

  it('are exact for every history of two regions that share operations, once they have met', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('add' as const),
          at: fc.integer({ min: 0, max: 1 }),
          amount: fc.integer({ min: -3, max: 9 }).filter((n) => n !== 0),
          id: fc.option(fc.integer({ min: 0, max: 3 })),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('pass' as const),
          ms: fc.constantFrom(1000, 9000, 47_000, 400_000),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('pull' as const),
          at: fc.integer({ min: 0, max: 1 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('sweep' as const),
          at: fc.integer({ min: 0, max: 1 }),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        for (const { stores } of all()) await stores.redis.flushall();
        const made: { atMs: number; amount: number; by: string; id: string | null }[] = [];
        const both = [ams, fra] as const;
        for (const one of steps) {
          if (one.kind === 'pass') passMs(one.ms);
          else {
            const [here, there] = one.at === 0 ? both : ([fra, ams] as const);
            if (one.kind === 'sweep') await here.stores.upkeep.sweep(BUCKET);
            else if (one.kind === 'pull') await pull(here, there);
            else {
              // An id has one body, so its amount hangs on it.
              const id = one.id === null ? null : `op${one.id}`;
              const amount = one.id === null ? one.amount : one.id + 1;
              const [outcome] = await here.add(event(amount, id));
              if (outcome === 'added')
                made.push({ atMs: here.stores.clock.nowMs, amount, by: here.name, id });
            }
          }
        }
        for (let round = 0; round < 3; round += 1)
          for (const [by, of] of [both, [fra, ams] as const]) await pull(by, of);
        // ams comes first, so of an id that both have taken its own counts.
        const counted = made.filter(
          ({ by, id }) =>
            id === null || by === 'ams' || !made.some((one) => one.id === id && one.by === 'ams'),
        );
        for (const region of both) {
          const { nowMs } = region.stores.clock;
          for (const seconds of [10, 60, 600, 3600, 7200, 86_400, 200_000]) {
            const { fromMs } = windowPlan(seconds, nowMs);
            const sum = counted
              .filter(({ atMs }) => atMs >= fromMs)
              .reduce((total, { amount }) => total + amount, 0);
            expect([seconds, await region.window(seconds)]).toEqual([seconds, sum]);
          }
          expect(await region.differences()).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('do not come back with an interval that names them no more', async () => {
    await ams.add(event());
    const late = await ask(fra, ams, BUCKET);
    passMs(33 * DAY_MS);
    await fra.stores.regions.merge('ams', late.part, late.under);
    expect(await slotsIn(fra)).toEqual([]);
  });
});
