/** region-hear keeps the larger heartbeat and moves the own one whatever the clock does; the first retirement stays. */
import { RedisRegionRegistry } from './region-registry.store.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

describe('register of regions', () => {
  let stores: StoreHarness;
  let registry: RedisRegionRegistry;
  beforeAll(async () => {
    stores = await openStores({ region: 'ams' });
    registry = new RedisRegionRegistry(stores.context);
  });
  afterAll(() => stores.close());
  beforeEach(() => stores.redis.flushall());

  const heartbeatOf = async (region: string) => (await registry.look()).get(region)?.heartbeat;

  it('beats above all before, though the clock goes back or Redis has forgotten', async () => {
    await registry.beat('ams');
    const first = (await heartbeatOf('ams')) ?? 0;
    stores.clock.nowMs -= 60_000;
    await registry.beat('ams');
    expect(await heartbeatOf('ams')).toBe(first + 1);
    stores.clock.nowMs += 120_000;
    await stores.redis.flushall();
    await registry.beat('ams');
    expect(await heartbeatOf('ams')).toBeGreaterThan(first + 1);
  });

  it('keeps the larger heartbeat of each region, and when it moved', async () => {
    await registry.hear([
      ['fra', 7],
      ['sin', 3],
    ]);
    const heardAtMs = stores.clock.nowMs;
    stores.clock.nowMs += 1000;
    await registry.hear([
      ['fra', 5],
      ['sin', 4],
    ]);
    const look = await registry.look();
    expect(look.get('fra')).toEqual({ heartbeat: 7, heardAtMs, stale: false });
    expect(look.get('sin')).toEqual({ heartbeat: 4, heardAtMs: heardAtMs + 1000, stale: false });
  });

  it('remembers who is stale, beside the heartbeats', async () => {
    await registry.hear([['fra', 7]]);
    await registry.setStale('fra', true);
    await registry.hear([['fra', 8]]);
    expect((await registry.look()).get('fra')).toMatchObject({ heartbeat: 8, stale: true });
    await registry.setStale('fra', false);
    expect((await registry.look()).get('fra')?.stale).toBe(false);
  });

  it('takes a region that was never heard of for stale, also one called constructor', async () => {
    await registry.setStale('constructor', true);
    const status = { heartbeat: 0, heardAtMs: 0, stale: true };
    expect([...(await registry.look())]).toEqual([['constructor', status]]);
  });

  it('keeps the first retirement of a region', async () => {
    await registry.retire({ region: 'old', atMs: 1, by: 'ada' });
    await registry.retire({ region: 'old', atMs: 2, by: 'fra' });
    expect(await registry.retired()).toEqual([{ region: 'old', atMs: 1, by: 'ada' }]);
  });
});
