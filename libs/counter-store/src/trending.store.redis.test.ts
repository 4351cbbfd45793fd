/**
 * Goal    trend-read tells exactly what the pages of a bucket have gained in the slots of a window, by what counters-add and
 *         region-merge have counted, each gain once, whoever reads when.
 * Method  examples for windows, order, repeats, regions and ends; random histories of writers whose clocks differ, with readers of
 *         several windows and sums that end, against plain sums in a map. Time is an argument; nothing is waited for.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import type { Addition } from './counter.store.js';
import { openStores } from './testing/store-harness.js';

const BUCKET = 3;
const SLOT_MS = 10_000;
const VISITS = 'visits';
const LONG = `${'long/'.repeat(20)}page`;

const visit = (pageId: string, amount = 1, operationId: string | null = null): Addition => ({
  ...{ pageId, name: VISITS, amount, operationId },
});

/** A region with its Redis, and short ways to use it. */
async function openRegion(region: string) {
  const stores = await openStores({ region, trended: [VISITS, 'shares'] });
  let number = 0;
  return {
    ...stores,
    batch: (of: number, ...additions: readonly Addition[]) =>
      stores.counters.add({
        bucket: BUCKET,
        instance: 'i',
        number: of,
        additions,
        sentUnder: null,
      }),
    add(...additions: readonly Addition[]) {
      number += 1;
      return this.batch(number, ...additions);
    },
    /** The top as 'page gain', as short as tests like to read it. */
    async top(reach = 1, first = 100, name = VISITS): Promise<string[]> {
      const rows = await stores.trending.top(BUCKET, { name, reach, first });
      return rows.map(({ pageId, gain }) => `${pageId} ${gain}`);
    },
    keys: () => stores.redis.keys('*:trend:*'),
  };
}
type Region = Awaited<ReturnType<typeof openRegion>>;

describe('trending in one region', () => {
  let here: Region;
  beforeAll(async () => {
    here = await openRegion('');
  });
  afterAll(() => here.close());
  beforeEach(() => here.redis.flushall());

  it('shows who gained most first, and of equals the first by the bytes of its id', async () => {
    // By its UTF-16 units the emoji would come before the ligature.
    const equals = ['\u{1F600}', '\uFB00', 'é', 'b', 'a'];
    await here.add(visit('least', 2), ...equals.map((page) => visit(page, 3)), visit('most', 4));
    const order = ['most 4', 'a 3', 'b 3', 'é 3', '\uFB00 3', '\u{1F600} 3', 'least 2'];
    expect(await here.top()).toEqual(order);
    expect(await here.top(1, 3)).toEqual(order.slice(0, 3));
  });

  it('adds up the slots of the window and lets go of each when its time has come', async () => {
    const begunMs = Math.ceil(here.clock.nowMs / SLOT_MS) * SLOT_MS;
    here.clock.nowMs = begunMs + SLOT_MS - 1;
    await here.add(visit('home', 1));
    here.clock.nowMs += 1;
    await here.add(visit('home', 10));
    expect([await here.top(1), await here.top(2)]).toEqual([['home 11'], ['home 11']]);
    here.clock.nowMs += SLOT_MS - 1;
    expect(await here.top(1)).toEqual(['home 11']);
    here.clock.nowMs += 1;
    expect([await here.top(1), await here.top(2)]).toEqual([['home 10'], ['home 11']]);
    here.clock.nowMs += SLOT_MS;
    expect([await here.top(1), await here.top(2)]).toEqual([[], ['home 10']]);
    here.clock.nowMs += SLOT_MS;
    expect([await here.top(1), await here.top(2), await here.top(360)]).toEqual([
      [],
      [],
      ['home 11'],
    ]);
  });

  it('shows nobody who has not gained, and takes off what a counter was lowered by', async () => {
    await here.add(visit('even', 5), visit('more', 5), visit('less', -1));
    await here.add(visit('even', -5), visit('more', -2));
    expect(await here.top()).toEqual(['more 3']);
    await here.add(visit('less', 2), visit('even', 1));
    expect(await here.top()).toEqual(['more 3', 'even 1', 'less 1']);
  });

  it('names a page whose id is too long for a key', async () => {
    await here.add(visit(LONG, 2), visit('home', 1));
    await here.add(visit(LONG, 2));
    expect(await here.top()).toEqual([`${LONG} 4`, 'home 1']);
  });

  it('keeps the names apart, and neither others nor the whole website at all', async () => {
    const of = (name: string, pageId = 'home') => ({ ...visit(pageId), name });
    await here.add(of('likes'), of(VISITS, '@site'), of('likes', LONG), of('visit'));
    expect(await here.keys()).toEqual([]);
    await here.add(of('shares'), of(VISITS, '#1'), of('likes'));
    expect([await here.top(), await here.top(1, 9, 'shares')]).toEqual([['#1 1'], ['home 1']]);
    expect(await here.top(1, 9, 'likes')).toEqual([]);
  });

  it('counts a batch once that is sent again, and an operation once that is', async () => {
    await here.batch(1, visit('home', 2), visit('home', 3, 'op'));
    expect((await here.batch(1, visit('home', 2), visit('home', 3, 'op'))).again).toBe(true);
    const { added } = await here.batch(2, visit('home', 3, 'op'));
    expect(added[0]?.outcome).toBe('replayed');
    expect(await here.top()).toEqual(['home 5']);
    expect((await here.batch(2, visit('home', 3, 'op'))).again).toBe(true);
    expect(await here.top()).toEqual(['home 5']);
  });

  it('counts nothing of an addition that is refused', async () => {
    await here.add(visit('full', Number.MAX_SAFE_INTEGER - 1), visit('once', 1, 'op'));
    await here.add(visit('full', 2), visit('once', 2, 'op'), visit('full', 1));
    expect(await here.top()).toEqual([`full ${Number.MAX_SAFE_INTEGER}`, 'once 1']);
  });

  it('forgets with its Redis', async () => {
    await here.add(visit('home', 2));
    await here.top();
    await here.redis.flushall();
    expect(await here.top()).toEqual([]);
    await here.add(visit('home', 1));
    expect(await here.top()).toEqual(['home 1']);
  });

  it('ends by itself: whatever it keeps has a time to live, slots the longest', async () => {
    await here.add(visit('home'));
    await here.top(360);
    here.clock.nowMs += SLOT_MS;
    await here.add(visit('home'));
    await here.top(360);
    const keys = await here.keys();
    expect(keys).toHaveLength(4);
    for (const key of keys) {
      const seconds = await here.redis.ttl(key);
      const [least, most] = key.includes(':slot:') ? [3700, 4200] : [1, 60];
      expect({ key, seconds, ends: seconds >= least && seconds <= most }).toMatchObject({
        ends: true,
      });
    }
  });

  it('shows a reader whose clock is a moment behind what is there, and one that is far behind its own time', async () => {
    await here.add(visit('home'));
    here.clock.nowMs += SLOT_MS;
    await here.add(visit('later'));
    expect(await here.top()).toEqual(['home 1', 'later 1']);
    here.clock.nowMs -= SLOT_MS;
    expect(await here.top()).toEqual(['home 1', 'later 1']);
    here.clock.nowMs -= SLOT_MS;
    expect(await here.top()).toEqual([]);
    here.clock.nowMs += 3 * SLOT_MS;
    expect(await here.top()).toEqual(['later 1']);
  });

  const page = fc.constantFrom('a', 'b', 'c', 'd', LONG);
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        does: fc.constant('add' as const),
        gains: fc.array(fc.tuple(page, fc.integer({ min: -3, max: 5 })), {
          minLength: 1,
          maxLength: 4,
        }),
        // The writer's clock against the readers', in slots.
        offset: fc.integer({ min: -4, max: 4 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        does: fc.constant('read' as const),
        reach: fc.constantFrom(1, 2, 5),
        first: fc.constantFrom(1, 3, 100),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ does: fc.constant('wait' as const), slots: fc.nat({ max: 7 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ does: fc.constantFrom('endSums' as const, 'endSum' as const) }),
    },
  );

  it('is the plain sum of its slots in random histories', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        await here.redis.flushall();
        const slots = new Map<number, Map<string, number>>();
        const slotNow = (): number => Math.floor(here.clock.nowMs / SLOT_MS);
        const expected = (reach: number, first: number): string[] => {
          const sums = new Map<string, number>();
          for (let slot = slotNow() - reach; slot <= slotNow(); slot += 1) {
            for (const [id, gain] of slots.get(slot) ?? [])
              sums.set(id, (sums.get(id) ?? 0) + gain);
          }
          const gained = [...sums].filter(([, gain]) => gain > 0);
          gained.sort(([left, most], [right, more]) => more - most || (left < right ? -1 : 1));
          return gained.slice(0, first).map(([id, gain]) => `${id} ${gain}`);
        };
        for (const one of steps) {
          if (one.does === 'add') {
            const gains = one.gains.filter(([, gain]) => gain !== 0);
            here.clock.nowMs += one.offset * SLOT_MS;
            const slot = slots.get(slotNow()) ?? new Map<string, number>();
            slots.set(slotNow(), slot);
            await here.add(...gains.map(([id, gain]) => visit(id, gain)));
            for (const [id, gain] of gains) slot.set(id, (slot.get(id) ?? 0) + gain);
            here.clock.nowMs -= one.offset * SLOT_MS;
          } else if (one.does === 'read') {
            expect(await here.top(one.reach, one.first)).toEqual(expected(one.reach, one.first));
          } else if (one.does === 'wait') here.clock.nowMs += one.slots * SLOT_MS;
          else {
            const ends = one.does === 'endSums' ? ':trend:sums:' : ':trend:sum:2:';
            for (const key of await here.keys()) if (key.includes(ends)) await here.redis.del(key);
          }
        }
        // Whatever has ended meanwhile is not begun again for good.
        for (const key of await here.keys())
          expect([key, (await here.redis.ttl(key)) > 0]).toEqual([key, true]);
        for (const reach of [1, 2, 5]) expect(await here.top(reach)).toEqual(expected(reach, 100));
      }),
      { numRuns: runs(100) },
    );
  }, 120_000);
});

describe('trending over regions', () => {
  let ams: Region;
  let fra: Region;
  let sin: Region;
  beforeAll(async () => {
    [ams, fra, sin] = [await openRegion('ams'), await openRegion('fra'), await openRegion('sin')];
  });
  afterAll(async () => {
    for (const region of [ams, fra, sin]) await region.close();
  });
  beforeEach(async () => {
    for (const region of [ams, fra, sin]) await region.redis.flushall();
  });

  /** Pulls until nothing is left; what the parts were. */
  async function pull(by: Region, of: Region): Promise<('interval' | 'whole')[]> {
    const kinds: ('interval' | 'whole')[] = [];
    let cursor: string | null = null;
    for (;;) {
      const { position, vector, pulled } = await by.regions.standing(BUCKET);
      const { incarnation, rev } = pulled.get(of.context.region) ?? { incarnation: '', rev: 0 };
      const part = await of.regions.read({ bucket: BUCKET, incarnation, rev, vector, cursor });
      await by.regions.merge(of.context.region, part, position.incarnation);
      kinds.push(part.from === null ? 'whole' : 'interval');
      if (part.covers !== null) return kinds;
      cursor = part.cursor;
    }
  }

  /** From here on changes come in intervals. */
  async function meet(): Promise<void> {
    for (const region of [ams, fra, sin]) await region.add({ ...visit('first'), name: 'likes' });
    for (const [by, of] of [
      [fra, ams],
      [ams, fra],
      [sin, fra],
      [fra, sin],
      [ams, fra],
      [sin, fra],
    ] as const)
      await pull(by, of);
  }

  it('counts what an interval tells in the slot in which it is learned, relayed or not', async () => {
    await meet();
    await ams.add(visit('home', 2), visit(LONG, 3));
    await fra.add(visit('home', 5));
    fra.clock.nowMs = sin.clock.nowMs = ams.clock.nowMs + 10 * SLOT_MS;
    expect(await pull(fra, ams)).toEqual(['interval']);
    // The own five stand in a slot ten before this one.
    await pull(sin, fra);
    expect(await sin.top()).toEqual(['home 7', `${LONG} 3`]);
    expect(await fra.top()).toEqual([`${LONG} 3`, 'home 2']);
    expect(await ams.top()).toEqual([`${LONG} 3`, 'home 2']);
    await pull(fra, ams);
    expect(await pull(fra, sin)).toEqual(['interval']);
    expect(await fra.top()).toEqual([`${LONG} 3`, 'home 2']);
  });

  it('takes a part once that comes twice', async () => {
    await meet();
    await ams.add(visit('home', 2));
    const { position, vector, pulled } = await fra.regions.standing(BUCKET);
    const at = pulled.get('ams') ?? { incarnation: '', rev: 0 };
    const part = await ams.regions.read({ bucket: BUCKET, ...at, vector, cursor: null });
    for (let times = 0; times < 2; times += 1)
      await fra.regions.merge('ams', part, position.incarnation);
    expect(await fra.top()).toEqual(['home 2']);
  });

  it('counts nothing that whole state tells: it is history', async () => {
    await ams.add(visit('home', 2), visit('old', 7));
    expect(await pull(fra, ams)).toContain('whole');
    const read = await fra.counters.read(BUCKET, [{ pageId: 'old', name: VISITS }]);
    expect([read.views[0]?.durable, await fra.top()]).toEqual([7, []]);
    await ams.add(visit('home', 1));
    expect(await pull(fra, ams)).toEqual(['interval']);
    expect(await fra.top()).toEqual(['home 1']);
  });

  it('counts nothing that a region gets back which has lost everything', async () => {
    await meet();
    await ams.add(visit('home', 2));
    await pull(fra, ams);
    await ams.redis.flushall();
    expect(await pull(ams, fra)).toContain('whole');
    expect(await ams.top()).toEqual([]);
    await ams.add(visit('home', 1));
    expect(await ams.top()).toEqual(['home 1']);
    expect(await pull(fra, ams)).toContain('whole');
    expect(await fra.top()).toEqual(['home 2']);
  });

  it('takes off what must not count, as two regions took one operation', async () => {
    await meet();
    await ams.add(visit('home', 5, 'op'), visit(LONG, 3, 'long'));
    await fra.add(visit('home', 5, 'op'), visit(LONG, 3, 'long'));
    for (const [by, of] of [
      [fra, ams],
      [ams, fra],
      [fra, ams],
    ] as const)
      await pull(by, of);
    for (const region of [ams, fra]) expect(await region.top()).toEqual(['home 5', `${LONG} 3`]);
  });
});
