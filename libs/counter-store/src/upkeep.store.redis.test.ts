/** bucket-sweep drops what is no longer needed, bucket-audit finds what is wrong, registry-forget compares. */
import { RedisRegistryStore } from './registry.store.js';
import type { BucketSwept } from './scripts/bucket-sweep.js';
import { openStores, rawShelves, type StoreHarness } from './testing/store-harness.js';

const BUCKET = 0;

describe('upkeep', () => {
  let stores: StoreHarness;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());
  beforeEach(() => stores.redis.flushall());

  const join = (page: string, viewers: number, to: number) =>
    stores.presence.apply('g1', BUCKET, {
      from: to - 1,
      to,
      entries: [{ key: page, value: { viewers, connections: viewers }, version: to }],
    });

  it('drops a zero after a minute, and not before', async () => {
    await join('home', 1, 1);
    await join('home', 0, 2);
    expect((await stores.upkeep.sweep(BUCKET)).rowsCut).toBe(0);
    stores.clock.nowMs += 60_000;
    expect((await stores.upkeep.sweep(BUCKET)).rowsCut).toBe(1);
    expect(await rawShelves(stores.redis, BUCKET)).toEqual(new Map());
  });

  it('keeps a page that somebody is on, however long', async () => {
    await join('home', 1, 1);
    stores.clock.nowMs += 3_600_000;
    expect((await stores.upkeep.sweep(BUCKET)).rowsCut).toBe(0);
    expect([...(await rawShelves(stores.redis, BUCKET)).keys()]).toEqual(['home viewers\t~']);
  });

  it('looks at a row that it keeps once only, and at what has become a zero since', async () => {
    const pages = Array.from({ length: 100 }, (_, at) => `page-${at}`);
    for (const [at, page] of pages.entries()) await join(page, 1, at + 1);
    const sweepLater = (): Promise<BucketSwept> => {
      stores.clock.nowMs += 60_000;
      return stores.upkeep.sweep(BUCKET);
    };
    await stores.upkeep.sweep(BUCKET);
    await sweepLater();
    await stores.redis.config('RESETSTAT');
    await sweepLater();
    const stats = await stores.redis.info('commandstats');
    const reads = [...stats.matchAll(/cmdstat_hm?get:calls=(\d+)/g)];
    expect(reads.reduce((sum, [, calls]) => sum + Number(calls), 0)).toBeLessThan(pages.length);
    await join('page-50', 0, pages.length + 1);
    await sweepLater();
    await sweepLater();
    // All rows before it go with it.
    expect((await rawShelves(stores.redis, BUCKET)).has('page-50 viewers\t~')).toBe(false);
  });

  it('does not offer an interval that would omit a dropped zero', async () => {
    await join('home', 1, 1);
    const before = await stores.counters.compare(BUCKET);
    await join('home', 0, 2);
    await stores.upkeep.sweep(BUCKET);
    stores.clock.nowMs += 60_000;
    await stores.upkeep.sweep(BUCKET);
    expect((await stores.counters.since(BUCKET, before, 100)).rows).toBeNull();
  });

  it('tells which gateways a bucket knows, and forgets batch records after a day', async () => {
    await join('home', 1, 1);
    const addition = { pageId: 'home', name: 'likes', amount: 1, operationId: null };
    await stores.counters.add({
      bucket: BUCKET,
      instance: 'i1',
      number: 1,
      additions: [addition],
      sentUnder: null,
    });
    expect(await stores.upkeep.sweep(BUCKET)).toEqual({
      rowsCut: 0,
      recordsDropped: 0,
      slotsDropped: 0,
      gateways: new Map([['g1', 1]]),
    });
    stores.clock.nowMs += 24 * 3_600_000;
    expect((await stores.upkeep.sweep(BUCKET)).recordsDropped).toBe(1);
  });

  it('finds a register that is not the sum of its entries', async () => {
    await join('home', 2, 1);
    expect(await stores.upkeep.audit(BUCKET, ['g1'], 0)).toEqual({ compared: 1, differences: [] });
    expect(await stores.upkeep.audit(BUCKET, [], 0)).toBeNull();
    // As many, but others: it was listed before one went and another came.
    expect(await stores.upkeep.audit(BUCKET, ['g2'], 0)).toBeNull();
    await stores.redis.hset(`hc:{${BUCKET}}:gateway:g1`, 'home viewers', '1,1');
    expect(await stores.upkeep.audit(BUCKET, ['g1'], 0)).toEqual({
      compared: 1,
      differences: [{ key: 'home viewers', register: '2,2', sum: '1,1' }],
    });
  });

  it('forgets an instance only while its heartbeat stands still', async () => {
    const registry = new RedisRegistryStore(stores.context, 'hc:gateways');
    await registry.beat('g1', 4);
    expect(await registry.forget('g1', 3)).toBe(false);
    expect(await registry.look()).toEqual(new Map([['g1', 4]]));
    expect(await registry.forget('g1', 4)).toBe(true);
    expect(await registry.look()).toEqual(new Map());
  });
});
