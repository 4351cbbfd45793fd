/**
 * follows-change, in a bucket without peers and in one that has them.
 *
 * Goal    a follow is what the register of libs/crdt says, however often a change is sent and whatever Redis forgets.
 * Method  a private Redis; follows are read with the store, and their packing without it.
 */
import fc from 'fast-check';
import type { Follow, VersionVector, Writer } from '@headcount/crdt';
import { orThrow, parsePageId, parseViewerId, type PageId } from '@headcount/protocol';
import { runs, startRedis } from '@headcount/testing';
import { commandConnection } from './connect.js';
import { AT_ONCE } from './durability.js';
import { SeenPositions } from './fence.js';
import { endedKey } from './keys.js';
import { RedisFollowStore, type FollowChange } from './follow.store.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

const page = (id: string): PageId => orThrow(parsePageId(id));
const ANN = orThrow(parseViewerId('ann'));
const HOME = page('home');
const writer = (region: string, life = 1): Writer =>
  `${region}/${life.toString(16).padStart(20, '0')}` as Writer;
const vector = (...entries: [Writer, number][]): VersionVector => new Map(entries);
const followed = (marks: VersionVector, more: Partial<Follow> = {}): Follow => ({
  ...{ length: 1, marks, mute: { number: 0, untilMs: 0 } },
  ...more,
});

describe.each([
  ['without peers', undefined],
  ['with peers', 'ams'],
])('follows %s', (_, region) => {
  let stores: StoreHarness;
  beforeAll(async () => {
    stores = await openStores({ ...(region && { region }), followsMax: 130 });
  });
  beforeEach(() => stores.redis.flushall());
  afterAll(() => stores.close());

  const home = region ?? 'local';
  const change = async (...changes: FollowChange[]) => stores.follows.change(ANN, changes);
  const one = async (pageId = HOME): Promise<Follow | undefined> =>
    (await stores.follows.all(ANN)).get(pageId);
  const follow = (pageId: PageId, made = vector()): FollowChange => ({
    ...{ kind: 'follow', pageId, made },
  });
  const mark = (pageId: PageId, read: VersionVector): FollowChange => ({
    ...{ kind: 'mark', pageId, read },
  });
  const unfollow = (pageId: PageId): FollowChange => ({ kind: 'unfollow', pageId });
  const mute = (pageId: PageId, untilMs: number): FollowChange => ({
    ...{ kind: 'mute', pageId, untilMs },
  });

  it('begin with what was made by then, and are found by page and all together', async () => {
    const made = vector([writer('ams'), 3], [writer('fra', 2), 40]);
    expect(await change(follow(HOME, made), follow(page('news')))).toEqual(['changed', 'changed']);
    expect(await stores.follows.all(ANN)).toEqual(
      new Map([
        [HOME, followed(made)],
        [page('news'), followed(vector())],
      ]),
    );
    expect(await stores.follows.some(ANN, [page('shop'), HOME])).toEqual(
      new Map([[HOME, followed(made)]]),
    );
    expect(await stores.follows.all(orThrow(parseViewerId('bob')))).toEqual(new Map());
  });

  it('are the same when a change is sent again', async () => {
    const made = vector([writer('ams'), 3]);
    await change(follow(HOME, made), mark(HOME, vector([writer('ams'), 5])), mute(HOME, 99));
    const before = await one();
    const again = vector([writer('ams'), 9]);
    expect(await change(follow(HOME, again), mark(HOME, made), mute(HOME, 99))).toEqual(
      Array(3).fill('same'),
    );
    expect(await one()).toEqual(before);
    expect(before).toEqual(
      followed(vector([writer('ams'), 5]), { mute: { number: 1, untilMs: 99 } }),
    );
    expect(await change(unfollow(HOME), unfollow(HOME))).toEqual(['changed', 'same']);
    expect(await one()).toBeUndefined();
  });

  it('take the larger mark of each writer, in any order', async () => {
    await change(follow(HOME, vector([writer('ams'), 3], [writer('fra'), 7])));
    await change(mark(HOME, vector([writer('fra'), 9], [writer('sin'), 1])));
    await change(mark(HOME, vector([writer('fra'), 8], [writer('ams'), 4])));
    expect((await one())?.marks).toEqual(
      vector([writer('ams'), 4], [writer('fra'), 9], [writer('sin'), 1]),
    );
  });

  it('start anew when they are made again', async () => {
    await change(follow(HOME, vector([writer('ams'), 3])), mute(HOME, 99), unfollow(HOME));
    await change(follow(HOME, vector([writer('fra'), 1])));
    expect(await one()).toEqual(
      followed(vector([writer('fra'), 1]), { length: region === undefined ? 1 : 3 }),
    );
  });

  it('keep what a region wrote before it had peers under one name', async () => {
    const zero = writer(home, 0);
    await change(follow(HOME, vector([zero, 4])));
    expect((await one())?.marks).toEqual(vector([zero, 4]));
    expect(await stores.redis.hget('hc:{0}:follows:ann', 'home')).toBe('1 0=4');
  });

  it('refuse to mark or silence what is not followed, and no other change with it', async () => {
    const outcomes = await change(mark(HOME, vector()), mute(HOME, 9), follow(page('news')));
    expect(outcomes).toEqual(['NOT_FOLLOWED', 'NOT_FOLLOWED', 'changed']);
    expect((await stores.follows.all(ANN)).size).toBe(1);
  });

  it('have a bound a user, which frees a place with each that ends', async () => {
    const pages = Array.from({ length: 131 }, (_each, at) => page(`p${at}`));
    const outcomes = await change(...pages.map((pageId) => follow(pageId)));
    expect(outcomes.filter((outcome) => outcome === 'FOLLOWS_FULL')).toHaveLength(1);
    await change(unfollow(page('p7')));
    expect(await change(follow(page('p130')), follow(page('p7')))).toEqual([
      'changed',
      'FOLLOWS_FULL',
    ]);
    expect((await stores.follows.all(ANN)).size).toBe(130);
  });

  it('are not gone through by who is at the bound and follows more', async () => {
    const pages = Array.from({ length: 131 }, (_each, at) => page(`p${at}`));
    await change(...pages.map((pageId) => follow(pageId)));
    await stores.redis.config('RESETSTAT');
    for (let times = 0; times < 10; times += 1)
      expect(await change(follow(page('p130')))).toEqual(['FOLLOWS_FULL']);
    await change(unfollow(page('p7')));
    expect(await change(follow(page('p130')), follow(page('p7')))).toEqual([
      'changed',
      'FOLLOWS_FULL',
    ]);
    expect(await stores.redis.info('commandstats')).not.toMatch(/hvals|hgetall|hscan/);
  });

  it('are counted once where they were stored before their number was kept', async () => {
    const pages = Array.from({ length: 130 }, (_each, at) => page(`p${at}`));
    await change(
      ...pages.map((pageId) => follow(pageId)),
      unfollow(page('p7')),
      unfollow(page('p8')),
    );
    await stores.redis.del(endedKey(0));
    await stores.redis.config('RESETSTAT');
    const outcomes = await change(follow(page('a')), follow(page('b')), follow(page('c')));
    expect(outcomes).toEqual(['changed', 'changed', 'FOLLOWS_FULL']);
    expect(await change(unfollow(page('a')))).toEqual(['changed']);
    expect(await change(follow(page('p7')), follow(page('c')))).toEqual([
      'changed',
      'FOLLOWS_FULL',
    ]);
    expect(await stores.redis.info('commandstats')).toMatch(/cmdstat_hvals:calls=1,/);
    expect((await stores.follows.all(ANN)).size).toBe(130);
  });

  it('are small: one of a page that was never modified takes a few bytes of a listpack', async () => {
    await change(...Array.from({ length: 128 }, (_each, at) => follow(page(`p${at}`))));
    expect(await stores.redis.object('ENCODING', 'hc:{0}:follows:ann')).toBe('listpack');
    expect(await stores.redis.hget('hc:{0}:follows:ann', 'p5')).toBe('1');
  });

  it('have ids as long as may be, and ids that look like digests', async () => {
    const user = orThrow(parseViewerId('ä'.repeat(64)));
    const pages = [page('ö'.repeat(128)), page('#hash'), page('x'.repeat(60))];
    await stores.follows.change(user, [...pages.map((pageId) => follow(pageId))]);
    const held = await stores.follows.all(user);
    expect([...held.keys()].sort()).toEqual([...pages].sort());
    const [key] = (await stores.redis.keys('hc:{0}:follows:*')) ?? [];
    expect(await stores.redis.object('ENCODING', key ?? '')).toBe('listpack');
    expect([...(await stores.follows.some(user, pages)).keys()]).toEqual(pages);
  });

  it('are no counters: readers of these are not told of them, and the sweep leaves them in the index', async () => {
    const before = await stores.counters.compare(0);
    await change(follow(HOME), follow(page('news')));
    const since = await stores.counters.since(0, before, 10);
    expect([since.rows, since.position.rev]).toEqual([[], before.rev + 2]);
    const rows = await stores.redis.zcard('hc:{0}:index');
    for (let sweep = 0; sweep < 3; sweep += 1) {
      stores.clock.nowMs += 60_000;
      await stores.upkeep.sweep(0);
    }
    expect(await stores.redis.zcard('hc:{0}:index')).toBe(rows);
    expect(rows).toBe(region === undefined ? 0 : 2);
  });

  it('are told to readers with the bucket they lie in', async () => {
    const heard: string[] = [];
    const subscriber = stores.redis.duplicate();
    await subscriber.connect();
    await subscriber.subscribe('hc:{0}:changes');
    const told = new Promise<void>((done) => {
      subscriber.on('message', (_channel, message: string) => {
        heard.push(message);
        if (message.includes('bob')) done();
      });
    });
    await change(follow(HOME), follow(page('news')));
    await change(follow(HOME));
    await stores.follows.change(orThrow(parseViewerId('bob')), [follow(HOME)]);
    await told;
    subscriber.disconnect();
    expect(heard.map((text) => (JSON.parse(text) as unknown[]).slice(1))).toEqual([
      ['0', '2', [], ['ann']],
      ['2', '3', [], ['bob']],
    ]);
  });
});

describe.each([
  ['without peers', undefined],
  ['with peers', 'ams'],
])('the bound of follows %s', (_, region) => {
  const BOUND = 3;
  let stores: StoreHarness;
  beforeAll(async () => {
    stores = await openStores({ ...(region && { region }), followsMax: BOUND });
  });
  afterAll(() => stores.close());

  it('is that of those that are followed, whatever came and went, and whenever their number was lost', async () => {
    const step = fc.record({
      does: fc.constantFrom('follow', 'follow', 'unfollow', 'lose' as const),
      at: fc.nat(5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await stores.redis.flushall();
        const followed = new Set<string>();
        for (const { does, at } of steps) {
          const pageId = page(`p${at}`);
          if (does === 'lose') await stores.redis.del(endedKey(0));
          else if (does === 'unfollow') {
            const outcome = followed.delete(pageId) ? 'changed' : 'same';
            expect(await stores.follows.change(ANN, [{ kind: does, pageId }])).toEqual([outcome]);
          } else {
            const isFull = followed.size >= BOUND;
            const outcome = followed.has(pageId) ? 'same' : isFull ? 'FOLLOWS_FULL' : 'changed';
            if (outcome === 'changed') followed.add(pageId);
            const change = { kind: 'follow', pageId, made: vector() } as const;
            expect(await stores.follows.change(ANN, [change])).toEqual([outcome]);
          }
        }
      }),
      { numRuns: runs(100) },
    );
  });
});

it('follows outlive a restart of Redis, under a new incarnation of their bucket', async () => {
  const server = await startRedis({ listen: 'unix' });
  const redis = commandConnection({ redisUrl: server.url, commandTimeoutMs: 5000 });
  await redis.connect();
  let nowMs = 1_700_000_000_000;
  const store = new RedisFollowStore(
    {
      redis,
      sources: { nowMs: () => (nowMs += 1), randomHex: () => '00000000' },
      seen: new SeenPositions(),
      region: 'ams',
      durability: AT_ONCE,
    },
    { buckets: 1, home: 'ams', followsMax: 10 },
  );
  try {
    const made = vector([writer('ams'), 3]);
    await store.change(ANN, [{ kind: 'follow', pageId: HOME, made }]);
    const before = await redis.hget('hc:{0}:meta', 'incarnation');
    await server.kill9();
    const back = new Promise((ready) => void redis.once('ready', ready));
    await server.restart();
    await back;
    expect(await store.all(ANN)).toEqual(new Map([[HOME, followed(made)]]));
    const read = vector([writer('ams'), 4]);
    await store.change(ANN, [{ kind: 'mark', pageId: HOME, read }]);
    expect(await store.all(ANN)).toEqual(new Map([[HOME, followed(read)]]));
    expect((await redis.hget('hc:{0}:meta', 'incarnation')) ?? '').not.toBe(before);
  } finally {
    redis.disconnect();
    await server.stop();
  }
});
