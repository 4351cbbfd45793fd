/**
 * counters-add, votes-change, follows-change, history-add: what is not there yet may be refused, and is told to be new.
 *
 * Goal    a store without room, or a caller who has made enough, makes nothing new and leaves nothing behind; what is there goes on.
 * Method  examples over a private Redis; how many keys and fields there are is compared before and after.
 */
import { err } from '@headcount/crdt';
import type { PageId, ViewerId } from '@headcount/protocol';
import type { Addition } from './counter.store.js';

import { RedisLeaseStore } from './lease.store.js';
import { RedisLimitStore, type LimitKind } from './limit.store.js';
import type { VoteChange } from './vote.store.js';
import { openStores, rawShelves, type StoreHarness } from './testing/store-harness.js';

const BUCKET = 0;

describe('what is new', () => {
  let stores: StoreHarness;
  let number = 0;
  beforeAll(async () => {
    stores = await openStores({ rules: { windowed: ['events'], bounded: [] }, region: 'ams' });
  });
  afterAll(() => stores.close());
  beforeEach(async () => {
    await stores.redis.flushall();
    stores.memory.isFull = false;
  });

  const addition = (pageId: string, more: Partial<Addition> = {}): Addition => ({
    ...{ pageId, name: 'likes', amount: 1, operationId: null, ...more },
  });
  const add = async (...additions: readonly Addition[]) => {
    number += 1;
    const batch = { bucket: BUCKET, instance: 'i', number, additions, sentUnder: null };
    return (await stores.counters.add(batch)).added.map(({ outcome, isNew }) =>
      isNew ? 'new' : outcome,
    );
  };
  const vote = async (voter: string, more: Partial<VoteChange> = {}) => {
    const wish = { choice: '' };
    const change = { pageId: 'home', name: 'likes', voter, wish, ...more } as VoteChange;
    const { changed } = await stores.votes.change(BUCKET, [change]);
    return changed.map(({ outcome, isNew }) => (isNew ? 'new' : outcome))[0];
  };
  /** All that is held, but for the records of the batches. */
  const held = async () => {
    const keys = (await stores.redis.keys('*')).filter((key) => !/:(batches|meta)$/.test(key));
    return [keys.sort(), [...(await rawShelves(stores.redis, BUCKET))].sort()];
  };

  it('is told of counters, once each', async () => {
    const long = 'a/'.repeat(60);
    expect(await add(addition('a'), addition('a'), addition('b'), addition(long))).toEqual([
      ...['new', 'added', 'new', 'new'],
    ]);
    expect(await add(addition('a'), addition('b'), addition(long))).toEqual([
      ...['added', 'added', 'added'],
    ]);
    // Lowered to zero it is there all the same.
    await add(addition('a', { amount: -3 }));
    expect(await add(addition('a', { amount: -1 }))).toEqual(['added']);
  });

  it('is told of counters that votes have made', async () => {
    expect(await vote('ann')).toBe('new');
    expect(await vote('bob')).toBe('changed');
    expect(await vote('bob', { wish: { choice: 'red' } })).toBe('new');
    expect(await vote('ann', { wish: { choice: 'red' } })).toBe('changed');
    expect(await vote('ann', { wish: 'take back' })).toBe('changed');
  });

  it.each(['STORE_FULL', 'TOO_MANY_COUNTERS'] as const)(
    'is refused with %s where the caller asks for that, and leaves nothing',
    async (ifNew) => {
      await add(addition('old'), addition('old', { name: 'events' }));
      await vote('ann', { pageId: 'old' as PageId });
      const before = await held();
      expect(
        await add(
          addition('new', { ifNew }),
          addition('new', { ifNew, operationId: 'op' }),
          addition('new', { ifNew, name: 'events' }),
        ),
      ).toEqual([ifNew, ifNew, ifNew]);
      expect(await vote('ann', { ifNew })).toBe(ifNew);
      expect(await vote('ann', { ifNew, wish: { choice: 'red' } })).toBe(ifNew);
      const chosen = { ifNew, pageId: 'old' as PageId, wish: { choice: 'red' } };
      expect(await vote('ann', chosen)).toBe(ifNew);
      expect(await held()).toEqual(before);
      // An id that was refused may be used.
      expect(await add(addition('new', { operationId: 'op' }))).toEqual(['new']);
    },
  );

  it('is refused while Redis is full, and what is there goes on', async () => {
    const [ann, bob] = ['ann' as ViewerId, 'bob' as ViewerId];
    const page = (pageId: string) => ({ pageId: pageId as PageId });
    const follow = (user: ViewerId, pageId: string) =>
      stores.follows.change(user, [{ kind: 'follow', ...page(pageId), made: new Map() }]);
    const event = (pageId: string, id: string) =>
      stores.history.add(pageId as PageId, {
        ...{ eventId: id as never, atMs: stores.clock.nowMs },
        ...{ title: null, url: null, actor: null },
      });
    await add(addition('old'), addition('old', { name: 'events' }));
    await vote('ann', page('old'));
    await follow(ann, 'old');
    await event('old', 'first');
    const limits = new RedisLimitStore(stores.context);
    const leases = new RedisLeaseStore(stores.context, {
      ...{ buckets: 1, leasesMax: 10, leasesPerViewerMax: 10 },
    });
    const lease = (viewer: ViewerId, pageId: string) =>
      leases.renew({ pageId: pageId as PageId, viewer }, 30_000);
    const limit = (key: string, kind: LimitKind = 'key') =>
      limits.take({ kind, key, limit: 5, windowSeconds: 3_600 }, 1);
    expect((await lease(ann, 'old')).ok).toBe(true);
    expect((await limit('old')).isAllowed).toBe(true);
    stores.memory.isFull = true;

    expect(await lease(ann, 'old')).toMatchObject({ ok: true });
    expect(await lease(bob, 'old')).toEqual(err('STORE_FULL'));
    expect(await lease(ann, 'new')).toEqual(err('STORE_FULL'));
    expect(await limit('old')).toMatchObject({ isAllowed: true, remaining: 3 });
    await expect(limit('new')).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect((await limit('new', 'address')).isAllowed).toBe(true);
    expect(await add(addition('new'), addition('old'))).toEqual(['STORE_FULL', 'added']);
    stores.clock.nowMs += 3_600_000;
    expect(await add(addition('old', { name: 'events' }))).toEqual(['added']);
    expect(await vote('bob', page('old'))).toBe('STORE_FULL');
    expect(await vote('ann', { ...page('old'), wish: 'take back' })).toBe('changed');
    expect(await vote('ann', page('old'))).toBe('changed');
    expect(await follow(bob, 'old')).toEqual(['STORE_FULL']);
    expect(await follow(ann, 'new')).toEqual(['STORE_FULL']);
    expect(await follow(ann, 'old')).toEqual(['same']);
    const left = { kind: 'unfollow' as const, ...page('old') };
    expect(await stores.follows.change(ann, [left])).toEqual(['changed']);
    expect(await follow(ann, 'old')).toEqual(['changed']);
    expect([await event('new', 'first'), await event('old', 'second')]).toEqual([false, true]);

    stores.memory.isFull = false;
    expect(await add(addition('new'))).toEqual(['new']);
    expect(await follow(bob, 'old')).toEqual(['changed']);
  });
});
