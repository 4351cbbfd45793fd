/**
 * Goal    a clock that is wrong for a minute, a day ahead or a day behind, costs at most one window of whatever goes by it: limits, leases,
 *         operation ids, trending pages, windows, and when users were seen.
 * Method  stores on a real Redis, on a clock that the test moves ahead and back.
 */
import { type PageId, type ViewerId } from '@headcount/protocol';
import { RedisFollowerStore } from './follower.store.js';
import { RedisLeaseStore } from './lease.store.js';
import { RedisLimitStore } from './limit.store.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';
import { windowPlan } from './window-plan.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const JUMPS = [
  ['half a window ahead', MINUTE_MS / 2],
  ['an hour ahead', HOUR_MS],
  ['a day ahead', DAY_MS],
  ['ten years ahead', 3653 * DAY_MS],
  ['a day behind', -DAY_MS],
] as const;
const HOME = 'home' as PageId;
const ANN = 'ann' as ViewerId;

describe.each(JUMPS)('a clock that is %s for a minute', (_, jumpMs) => {
  let stores: StoreHarness;
  beforeEach(async () => {
    stores = await openStores({
      ...{ trended: ['visits'], rules: { windowed: ['visits'], bounded: [] } },
      ...{ windowMs: MINUTE_MS, idsMax: 20 },
    });
  });
  afterEach(() => stores.close());
  const move = (ms: number): void => void (stores.clock.nowMs += ms);
  /** Does something every ten seconds of a minute with the wrong clock. */
  const wrongly = async (act: (at: number) => Promise<unknown>): Promise<void> => {
    move(jumpMs);
    for (let at = 0; at < 6; at += 1) {
      await act(at);
      move(10_000);
    }
    move(-jumpMs);
  };

  it('locks a limit for two windows at most', async () => {
    const limits = new RedisLimitStore(stores.context, () => stores.clock.nowMs);
    const limit = { kind: 'key', key: 'a', limit: 3, windowSeconds: 60 } as const;
    await limits.take(limit, 3);
    await wrongly(() => limits.take(limit, 1));
    const refused = await limits.take(limit, 3);
    expect(refused.resetMs).toBeLessThanOrEqual(2 * MINUTE_MS);
    move(2 * MINUTE_MS + 1);
    expect(await limits.take(limit, 3)).toMatchObject({ isAllowed: true, remaining: 0 });
    expect(await limits.take(limit, 1)).toMatchObject({ isAllowed: false });
    // And what is told is true: the limit is free when it says so.
    const { retryMs } = await limits.take(limit, 3);
    move(retryMs ?? NaN);
    expect(await limits.take(limit, 3)).toMatchObject({ isAllowed: true });
  });

  it('leaves no lease that stays, and keeps those that are renewed', async () => {
    const leases = new RedisLeaseStore(stores.context, {
      ...{ buckets: 1, leasesMax: 10, leasesPerViewerMax: 10, now: () => stores.clock.nowMs },
    });
    const renew = (viewer: string) =>
      leases.renew({ pageId: HOME, viewer: viewer as ViewerId }, 30_000);
    const present = async () =>
      (await leases.end({ pageId: HOME, viewer: 'nobody' as ViewerId })).view;
    await renew('ann');
    await wrongly(() => renew('bob'));
    expect(await renew('cleo')).toMatchObject({ ok: true });
    move(20_000);
    await renew('cleo');
    move(10_001);
    await leases.expire(0);
    expect(await present()).toMatchObject({ viewers: 1 });
    move(20_001);
    expect(await leases.expire(0)).toBeGreaterThan(0);
    expect(await present()).toMatchObject({ viewers: 0 });
    await renew('ann');
    move(30_001);
    await leases.expireDue();
    expect(await present()).toMatchObject({ viewers: 0 });
  });

  it('lets keyed writes be refused for one window at most, and counts each of them once', async () => {
    let number = 0;
    let sum = 0;
    const add = async (operationId: string): Promise<string | undefined> => {
      const additions = [{ pageId: HOME, name: 'likes', amount: 1, operationId }];
      number += 1;
      const { added } = await stores.counters.add({
        bucket: 0,
        instance: 'i',
        number,
        additions,
        sentUnder: null,
      });
      const outcome = added[0]?.outcome;
      if (outcome === 'added') sum += 1;
      return outcome;
    };
    await add('before');
    await wrongly((at) => add(`wrong-${at}`));
    expect(await add('before')).toBe('replayed');
    expect(await add('wrong-5')).toBe('replayed');
    move(2 * MINUTE_MS);
    // As many as there is room for in a generation, each minute of ten.
    for (let minute = 0; minute < 10; minute += 1) {
      for (let at = 0; at < 15; at += 1) await add(`${minute}-${at}`);
      move(MINUTE_MS);
    }
    expect(sum).toBe(7 + 150);
    expect(
      (await stores.counters.read(0, [{ pageId: HOME, name: 'likes' }])).views[0],
    ).toMatchObject({ durable: sum });
  });

  it('shows what trends now', async () => {
    let number = 0;
    const visit = (pageId: string) => {
      const additions = [{ pageId, name: 'visits', amount: 1, operationId: null }];
      number += 1;
      return stores.counters.add({ bucket: 0, instance: 'i', number, additions, sentUnder: null });
    };
    const top = async () =>
      (await stores.trending.top(0, { name: 'visits', reach: 6, first: 5 })).map(
        ({ pageId }) => pageId,
      );
    await visit('old');
    await top();
    await wrongly(async () => {
      await visit('wrong');
      await top();
    });
    move(MINUTE_MS + 20_000);
    await visit('new');
    expect((await top())[0]).toBe('new');
    move(MINUTE_MS + 20_000);
    expect(await top()).toEqual(jumpMs > 0 && jumpMs < HOUR_MS ? expect.anything() : []);
    const window = windowPlan(60, stores.clock.nowMs);
    await visit('home');
    const gains = await stores.windows.read(0, { pageId: 'home', name: 'visits' }, window.ranges);
    expect(gains.reduce((all, gain) => all + gain, 0)).toBe(1);
  });

  it('does not hide a user from digests', async () => {
    const followers = new RedisFollowerStore(stores.context, { buckets: 1 });
    await stores.follows.change(ANN, [{ kind: 'follow', pageId: HOME, made: new Map() }]);
    const quiet = async () => {
      const { users } = await followers.quiet(
        { bucket: 0, user: '' },
        stores.clock.nowMs - HOUR_MS,
      );
      return users.map(({ userId }) => userId);
    };
    await wrongly(() => followers.saw(ANN));
    move(HOUR_MS);
    expect(await quiet()).toEqual(jumpMs > 0 && jumpMs <= HOUR_MS ? expect.anything() : [ANN]);
    await followers.saw(ANN);
    expect(await quiet()).toEqual([]);
    move(2 * HOUR_MS);
    expect(await quiet()).toEqual([ANN]);
  });
});
