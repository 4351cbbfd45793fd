/**
 * counters-add on bounded counters, quota-give and quota-read, with region-merge between.
 *
 * Goal    a bounded counter is never below zero, in whatever region and however late regions hear of each other; no right is
 *         lost; a Redis that has forgotten sells nothing before it has pulled back what its peers know.
 * Method  examples; random histories of three regions that raise, lower, give and pull, against a plain stock.
 */
import fc from 'fast-check';
import type { Addition } from './counter.store.js';
import { pull } from './testing/pull.js';
import { itKeepsTheContractOfQuotas } from './quota.store.contract.js';
import { openStores } from './testing/store-harness.js';

const BUCKET = 0;
const NAMES = ['ams', 'fra', 'sin'] as const;
const CARS = { pageId: 'area/1', name: 'available' };
const LONG = { pageId: `${'long/'.repeat(20)}area`, name: 'available' };

async function openRegion(name: string) {
  const peers = NAMES.filter((one) => one !== name);
  const stores = await openStores({
    ...{ region: name, peers: name === '' ? [] : peers },
    rules: { bounded: ['available'], windowed: ['available'] },
  });
  let number = 0;
  const region = {
    name,
    stores,
    async add(...additions: readonly Addition[]) {
      const batch = {
        bucket: BUCKET,
        instance: 'i',
        number: (number += 1),
        additions,
        sentUnder: null,
      };
      return (await stores.counters.add(batch)).added.map(({ outcome }) => outcome);
    },
    change: async (amount: number, operationId: string | null = null, counter = CARS) =>
      (await region.add({ ...counter, amount, operationId }))[0],
    give: async (receiver: string, wanted: number, counter = CARS) =>
      (await stores.quotas.give({ bucket: BUCKET, ...counter }, receiver, wanted)).given,
    quota: (counter = CARS) => stores.quotas.read({ bucket: BUCKET, ...counter }),
    async count(counter = CARS) {
      return (await stores.counters.read(BUCKET, [counter])).views[0]?.durable;
    },
    async differences() {
      return (await stores.upkeep.audit(BUCKET, [], 0))?.differences;
    },
  };
  return region;
}
type Region = Awaited<ReturnType<typeof openRegion>>;

describe('bounded counters', () => {
  let regions: readonly [Region, Region, Region];
  let alone: Region;
  beforeAll(async () => {
    const opened = await Promise.all([...NAMES, ''].map(openRegion));
    regions = opened.slice(0, 3) as unknown as typeof regions;
    alone = opened[3] as Region;
  });
  afterAll(() => Promise.all([...regions, alone].map(({ stores }) => stores.close())));
  beforeEach(async () => {
    for (const { stores } of [...regions, alone]) await stores.redis.flushall();
  });

  /** Everybody pulls from everybody until all is told. */
  async function pullAll(rounds = 2): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      for (const by of regions) for (const of of regions) if (by !== of) await pull(by, of, BUCKET);
    }
  }

  it('are lowered to zero and no further, others as far as one likes', async () => {
    expect(await alone.change(3)).toBe('added');
    expect(await alone.change(-4)).toBe('BELOW_ZERO');
    const [first, second, third] = await alone.add(
      { ...CARS, amount: -2, operationId: null },
      { ...CARS, amount: -2, operationId: 'op' },
      { ...CARS, amount: -1, operationId: 'op' },
    );
    expect([first, second, third]).toEqual(['added', 'BELOW_ZERO', 'added']);
    expect(await alone.change(-1, 'op')).toBe('replayed');
    expect(await alone.change(-5, null, { pageId: 'area/1', name: 'likes' })).toBe('added');
    expect(await alone.count()).toBe(0);
    // What was refused is in no window either.
    const { windows, clock } = alone.stores;
    const hour = Math.floor(clock.nowMs / 3_600_000);
    expect(await windows.read(BUCKET, CARS, [{ kind: 'h', first: hour, last: hour }])).toEqual([0]);
  });

  it('are lowered by the region that has raised them, or was given the right', async () => {
    const [ams, fra, sin] = regions;
    await ams.change(10);
    await pullAll();
    expect(await fra.change(-1)).toBe('QUOTA_ELSEWHERE');
    expect(await fra.change(-11)).toBe('BELOW_ZERO');
    // What is wanted, and a third of what is left.
    expect(await ams.give('fra', 4)).toBe(6);
    expect(await fra.change(-1)).toBe('QUOTA_ELSEWHERE');
    await pull(sin, ams, BUCKET);
    await pull(fra, sin, BUCKET);
    expect(await fra.quota()).toMatchObject({ total: 10, here: 6, isRegained: true });
    expect(await fra.change(-6)).toBe('added');
    expect(await fra.change(-1)).toBe('QUOTA_ELSEWHERE');
    expect(await ams.change(-5)).toBe('QUOTA_ELSEWHERE');
    await pullAll();
    expect(await ams.change(-5)).toBe('BELOW_ZERO');
    expect(await ams.change(-4)).toBe('added');
    await pullAll();
    for (const region of regions) {
      expect(await region.count()).toBe(0);
      expect(await region.quota()).toMatchObject({ total: 0, here: 0 });
      expect([...(await region.quota()).elsewhere.values()]).toEqual([0, 0]);
      expect(await region.differences()).toEqual([]);
    }
  });

  it('give all that there is where more is wanted, and nothing where there is nothing', async () => {
    const [ams, fra] = regions;
    await ams.change(5, null, LONG);
    await pullAll();
    expect(await ams.give('fra', 9, LONG)).toBe(5);
    expect(await ams.give('fra', 1, LONG)).toBe(0);
    expect(await fra.give('ams', 1, LONG)).toBe(0);
    await pullAll();
    expect(await fra.change(-5, null, LONG)).toBe('added');
    const fields = await fra.stores.redis.hkeys('hc:{0}:shelf:0');
    expect(Math.max(...fields.map((field) => Buffer.byteLength(field)))).toBeLessThanOrEqual(64);
  });

  it('are not lowered after a loss until what peers know has been pulled back', async () => {
    const [ams, fra, sin] = regions;
    await ams.change(10);
    await pullAll();
    await ams.give('fra', 3);
    await ams.change(-4);
    await pullAll();
    const left = (await ams.quota()).here;
    await ams.stores.redis.flushall();
    expect(await ams.change(10)).toBe('added');
    expect([await ams.change(-1), await ams.give('fra', 1)]).toEqual(['QUOTA_ELSEWHERE', 0]);
    await pull(ams, fra, BUCKET);
    expect(await ams.change(-1)).toBe('QUOTA_ELSEWHERE');
    // Whoever is not alive is not waited for.
    const { names } = ams.stores.livePeers;
    ams.stores.livePeers.names = () => ['fra'];
    expect(await ams.change(-1)).toBe('added');
    ams.stores.livePeers.names = names;
    await pull(ams, sin, BUCKET);
    expect(await ams.change(-(left + 10))).toBe('QUOTA_ELSEWHERE');
    expect(await ams.change(-(left + 9))).toBe('added');
  });

  it('know what was given to a region that nobody has pulled from yet, also after a loss', async () => {
    const [ams, , sin] = regions;
    const { names } = ams.stores.livePeers;
    ams.stores.livePeers.names = () => ['sin'];
    await ams.change(10);
    await pull(sin, ams, BUCKET);
    await pull(ams, sin, BUCKET);
    expect(await ams.give('fra', 10)).toBe(10);
    await pull(sin, ams, BUCKET);
    expect((await sin.quota()).elsewhere).toEqual(
      new Map([
        ['ams', 0],
        ['fra', 10],
      ]),
    );
    await ams.stores.redis.flushall();
    await ams.stores.regions.standing(BUCKET);
    await pull(ams, sin, BUCKET);
    expect(await ams.quota()).toMatchObject({ total: 10, here: 0, isRegained: true });
    expect(await ams.change(-1)).toBe('QUOTA_ELSEWHERE');
    ams.stores.livePeers.names = names;
  });

  it('wait for peers again after a restart that has lost nothing', async () => {
    const [ams] = regions;
    await ams.change(2);
    await pullAll();
    expect(await ams.change(-1)).toBe('added');
    await ams.stores.redis.hset('hc:{0}:meta', 'replid', 'another');
    expect(await ams.change(-1)).toBe('QUOTA_ELSEWHERE');
    await pullAll();
    expect(await ams.change(-1)).toBe('added');
  });

  it('give back what two regions sold under one id, and sell no more than that twice raised', async () => {
    const [ams, fra, sin] = regions;
    await ams.change(10);
    await pullAll();
    await ams.give('fra', 4);
    await pullAll();
    await ams.change(-2, 'sold');
    await fra.change(-2, 'sold');
    await pullAll(3);
    expect(await sin.count()).toBe(8);
    const rights = await Promise.all(regions.map(async (region) => (await region.quota()).here));
    expect(rights.reduce((sum, one) => sum + one)).toBe(8);
    // Raised twice under one id, and all of it sold before anybody could know: the documented limit, and it ends there.
    await ams.change(5, 'raised');
    await fra.change(5, 'raised');
    await ams.change(-(rights[0] as number) - 5);
    await fra.change(-(rights[1] as number) - 5);
    await pullAll(3);
    expect(await sin.count()).toBe(-5);
    for (const region of regions) {
      expect(await region.change(-1)).toBe('BELOW_ZERO');
      expect(await region.differences()).toEqual([]);
    }
    // Who has rights does not use them while the others owe as much.
    await sin.change(5);
    expect(await sin.change(-1)).toBe('BELOW_ZERO');
    await sin.change(1);
    expect(await sin.change(-1)).toBe('added');
  });

  it('are never below zero, and lose nothing, whatever the regions do and whenever they hear of it', async () => {
    const at = fc.integer({ min: 0, max: 2 });
    const step = fc.oneof(
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('raise' as const),
          at,
          amount: fc.integer({ min: 1, max: 9 }),
        }),
      },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('lower' as const),
          at,
          amount: fc.integer({ min: 1, max: 6 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('give' as const),
          at,
          to: at,
          amount: fc.integer({ min: 1, max: 6 }),
        }),
      },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('pull' as const), at, to: at }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'lose' as const), at }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
        for (const { stores } of regions) await stores.redis.flushall();
        let stock = 0;
        for (const one of steps) {
          const here = regions[one.at] as Region;
          if (one.kind === 'restart') {
            await here.stores.redis.hset('hc:{0}:meta', 'replid', 'another');
          } else if (one.kind === 'lose') {
            // Somebody has pulled all that it has answered, else it would be gone for good.
            const there = regions[(one.at + 1) % 3] as Region;
            await pull(there, here, BUCKET);
            await here.stores.redis.flushall();
          } else if (one.kind === 'raise' || one.kind === 'lower') {
            const amount = one.kind === 'raise' ? one.amount : -one.amount;
            const outcome = await here.change(amount);
            if (outcome === 'added') stock += amount;
            else expect(['BELOW_ZERO', 'QUOTA_ELSEWHERE']).toContain(outcome);
            expect(stock).toBeGreaterThanOrEqual(0);
          } else if ('to' in one && one.at !== one.to) {
            const there = regions[one.to] as Region;
            if (one.kind === 'give') await here.give(there.name, one.amount);
            else await pull(here, there, BUCKET);
          }
        }
        await pullAll(3);
        for (const region of regions) {
          const quota = await region.quota();
          expect([await region.count(), quota.total]).toEqual([stock, stock]);
          const all = [quota.here, ...quota.elsewhere.values()];
          expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
          expect(all.reduce((sum, rights) => sum + rights, 0)).toBe(stock);
          expect(await region.differences()).toEqual([]);
          // None of it is lost: each can be sold where it is.
          if (quota.here > 0) expect(await region.change(-quota.here)).toBe('added');
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('the store of quotas, on Redis', () => {
  itKeepsTheContractOfQuotas((region, peers) =>
    openStores({ region, peers, rules: { bounded: ['available'], windowed: [] } }),
  );
});
