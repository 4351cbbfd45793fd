/** followers-quiet: who follows anything and was not seen, on a private Redis. */
import { orThrow, parsePageId, parseViewerId, type ViewerId } from '@headcount/protocol';
import { RedisFollowerStore, type FollowerPlace } from './follower.store.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

const BUCKETS = 128;
const HOME = orThrow(parsePageId('home'));
const user = (id: string): ViewerId => orThrow(parseViewerId(id));

describe('followers who were not seen', () => {
  let stores: StoreHarness;
  let followers: RedisFollowerStore;
  beforeAll(async () => {
    stores = await openStores({ buckets: BUCKETS });
    followers = new RedisFollowerStore(stores.context, { buckets: BUCKETS });
  });
  beforeEach(() => stores.redis.flushall());
  afterAll(() => stores.close());

  const follow = (userId: ViewerId) =>
    stores.follows.change(userId, [{ kind: 'follow', pageId: HOME, made: new Map() }]);
  const quiet = async (sinceMs: number): Promise<ViewerId[]> => {
    const found: ViewerId[] = [];
    let place: FollowerPlace | null = { bucket: 0, user: '' };
    while (place) {
      const { users, next }: Awaited<ReturnType<typeof followers.quiet>> = await followers.quiet(
        place,
        sinceMs,
      );
      found.push(...users.map(({ userId }) => userId));
      place = next;
    }
    return found;
  };

  it('are all of them, each once, in the same order each time', async () => {
    const users = Array.from({ length: 300 }, (_, at) => user(`user ${at}`));
    for (const one of [...users, user('ä'.repeat(60))]) await follow(one);
    const found = await quiet(stores.clock.nowMs);
    expect(new Set(found)).toEqual(new Set([...users, user('ä'.repeat(60))]));
    expect(found).toHaveLength(301);
    expect(await quiet(stores.clock.nowMs)).toEqual(found);
    const { users: behind } = await followers.quiet(
      (await followers.quiet({ bucket: 0, user: '' }, stores.clock.nowMs)).users[4]?.place ?? {
        ...{ bucket: 0, user: '' },
      },
      stores.clock.nowMs,
    );
    expect(behind[0]?.userId).toBe(found[5]);
  });

  it('leave out who was seen since, and whoever follows nothing', async () => {
    const since = stores.clock.nowMs;
    for (const id of ['seen', 'seen before', 'never seen']) await follow(user(id));
    await followers.saw(user('seen before'));
    await followers.saw(user('follows nothing'));
    stores.clock.nowMs += 60_000;
    await followers.saw(user('seen'));
    expect((await quiet(since + 1000)).sort()).toEqual(['never seen', 'seen before']);
    // Time does not go back.
    stores.clock.nowMs -= 120_000;
    await followers.saw(user('seen'));
    expect((await quiet(since + 1000)).sort()).toEqual(['never seen', 'seen before']);
    stores.clock.nowMs += 60_000;
  });

  it('are gone through in parts where a bucket has many', async () => {
    const one = await openStores();
    const all = new RedisFollowerStore(one.context, { buckets: 1 });
    for (let at = 0; at < 501; at += 1)
      await one.follows.change(user(`u${at}`), [{ kind: 'follow', pageId: HOME, made: new Map() }]);
    const first = await all.quiet({ bucket: 0, user: '' }, 0);
    const rest = await all.quiet(first.next ?? { bucket: 0, user: '' }, one.clock.nowMs);
    expect([first.users.length, rest.users.length, rest.next]).toEqual([500, 1, null]);
    await one.close();
  });
});
