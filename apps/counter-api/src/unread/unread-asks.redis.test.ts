/**
 * Goal    counter-api tells gateways what they compute unread from, and of every change of it, whatever is lost on the way.
 * Method  the app with a private Redis, and a gateway of the test's own; follows and modifications are written by the stores that
 *         notification uses, over a connection of their own.
 */
import {
  AT_ONCE,
  RedisCounterStore,
  RedisFollowStore,
  RedisHistoryStore,
  SeenPositions,
  commandConnection,
  type StoreContext,
} from '@headcount/counter-store';
import type { RunningApp } from '@headcount/platform';
import {
  MODIFICATIONS,
  bucketOf,
  orThrow,
  parseOperationId,
  parsePageId,
  parseViewerId,
  type PageId,
  type ViewerId,
} from '@headcount/protocol';
import { startRedis, until, type RedisServer } from '@headcount/testing';
import { BUCKETS, KEYS, TestGateway } from '../intake/testing/test-gateway.js';
import { startCounterApi } from '../start.js';

const LIFE_ZERO = `local/${'0'.repeat(20)}`;
const page = (id: string): PageId => orThrow(parsePageId(id));
const user = (id: string): ViewerId => orThrow(parseViewerId(id));
const LONG_USER = 'u'.repeat(100);

/** What notification does. */
class Writer {
  private readonly context: StoreContext;
  private readonly counters;
  private readonly follows;
  private readonly history;
  private number = 0;

  constructor(url: string) {
    const redis = commandConnection({ redisUrl: url, commandTimeoutMs: 5000 });
    this.context = {
      ...{ redis, seen: new SeenPositions(), region: '', durability: AT_ONCE },
      sources: { nowMs: () => Date.now(), randomHex: () => 'abcdef01' },
    };
    const buckets = BUCKETS;
    this.counters = new RedisCounterStore(this.context, {
      windowMs: 600_000,
      idsMax: 1000,
      idsPerViewerMax: 1000,
    });
    this.follows = new RedisFollowStore(this.context, {
      ...{ buckets, home: 'local', followsMax: 10_000 },
    });
    this.history = new RedisHistoryStore(this.context, {
      ...{ buckets, lengthMax: 5, ageMsMax: 86_400_000 },
    });
  }

  async open(): Promise<this> {
    await this.context.redis.connect();
    return this;
  }

  close(): void {
    this.context.redis.disconnect();
  }

  /** Cuts off whoever hears publications; gives how many did. */
  async deafen(): Promise<number> {
    return Number(await this.context.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
  }

  async modify(pageId: string): Promise<void> {
    const addition = { pageId, name: MODIFICATIONS, amount: 1, operationId: null };
    await this.counters.add({
      ...{ bucket: bucketOf(pageId, BUCKETS), instance: 'i', number: (this.number += 1) },
      ...{ sentUnder: null, additions: [addition] },
    });
  }

  async follow(userId: string, ...pageIds: string[]): Promise<void> {
    const made = new Map();
    await this.follows.change(
      user(userId),
      pageIds.map((id) => ({ kind: 'follow' as const, pageId: page(id), made })),
    );
  }

  async unfollow(userId: string, pageId: string): Promise<void> {
    await this.follows.change(user(userId), [{ kind: 'unfollow', pageId: page(pageId) }]);
  }

  async entitle(pageId: string, title: string): Promise<void> {
    const eventId = orThrow(parseOperationId(title.replaceAll(' ', '-')));
    const entry = { eventId, title, url: null, actor: null, atMs: Date.now() };
    await this.history.add(page(pageId), entry);
  }
}

describe('what unread is computed from', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let gateway: TestGateway;
  let writer: Writer;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      ...{ COUNTER_API_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      GATEWAY_URLS: 'http://127.0.0.1:*',
      SIGNING_KEYS: KEYS.map(({ id, secret }) => `${id}:${secret}`).join(),
      ...{ SYNC_INTERVAL_MS: '200', TICK_MS: '10' },
    });
    writer = await new Writer(redis.url).open();
  });
  afterAll(async () => {
    writer.close();
    await app.close();
    await redis.stop();
  });
  beforeEach(async () => {
    gateway = await new TestGateway(app.internalUrl).open();
    await gateway.sync();
  });
  afterEach(() => gateway.close());

  const want = async (
    pages: [string, number | null][],
    users: string[] = [],
    more: object = { whole: true },
  ) => {
    const wanted = { pages: { add: pages, drop: [] }, users: { add: users, drop: [] } };
    // While a connection to Redis is made anew it is refused, and a gateway says it again.
    const answer = await until(() => gateway.interest([], { ...wanted, ...more }), {
      ...{ what: 'the interest to be taken', accept: ({ ok }) => ok },
    });
    return failing(answer).value;
  };
  const failing = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }) => {
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return answer;
  };
  const pushedUsers = (): string[] => gateway.pushes.flatMap(({ users = [] }) => users);
  /** Page -> its total as it was pushed last. */
  const pushedPages = (): Record<string, number> =>
    Object.fromEntries(
      gateway.pushes.flatMap(({ pages = [] }) =>
        pages.map(([id, , , , made]) => [id, made.reduce((sum, [, at]) => sum + at, 0)]),
      ),
    );
  const follows = async (...asks: [string, string, string | null][]) =>
    failing(await gateway.follows(asks)).value.parts;

  it('is answered for pages that are registered, and pushed when they are modified', async () => {
    await writer.modify('m/1');
    const { pages } = await want([
      ['m/1', null],
      ['m/never', 0],
    ]);
    expect(pages?.map(([id, , , , made, count, told]) => [id, made, count, told])).toEqual([
      ['m/1', [[LIFE_ZERO, 1]], 0, null],
      ['m/never', [], 0, [0, []]],
    ]);
    await writer.modify('m/1');
    await writer.modify('m/other');
    await writer.modify('m/never');
    await until(() => pushedPages()['m/1'] === 2 && pushedPages()['m/never'] === 1);
    expect(Object.keys(pushedPages()).sort()).toEqual(['m/1', 'm/never']);
  });

  it('is told of users that are registered when their follows change, and of no others', async () => {
    await want([], ['u/ann', LONG_USER]);
    await writer.follow('u/bob', 'm/1');
    await writer.follow(LONG_USER, 'm/1');
    await writer.follow('u/ann', 'm/1');
    await until(() => new Set(pushedUsers()).size === 2);
    expect(new Set(pushedUsers())).toEqual(new Set(['u/ann', LONG_USER]));
  });

  it('is told no more of what is given up', async () => {
    await want([['d/1', null]], ['u/dan']);
    const drop = { pages: { add: [], drop: ['d/1'] }, users: { add: [], drop: ['u/dan'] } };
    failing(await gateway.interest([], drop));
    await want([['d/2', null]], ['u/eve'], {});
    await writer.follow('u/eve', 'd/1');
    await until(() => pushedUsers().includes('u/eve'));
    // What was under way at the time has come before that, as pushes to a gateway follow each other.
    gateway.pushes.length = 0;
    await writer.modify('d/1');
    await writer.follow('u/dan', 'd/1');
    await writer.modify('d/2');
    await writer.follow('u/eve', 'd/2');
    await until(() => pushedPages()['d/2'] === 1 && pushedUsers().includes('u/eve'));
    expect([Object.keys(pushedPages()), [...new Set(pushedUsers())]]).toEqual([['d/2'], ['u/eve']]);
  });

  it('needs a whole interest first, and a sync before that', async () => {
    const stranger = await new TestGateway(app.internalUrl).open();
    const users = { add: ['u/ann'], drop: [] };
    const refused = { ok: false, error: { refusal: 'UNKNOWN_INSTANCE' } };
    expect(await stranger.interest([], { users })).toMatchObject(refused);
    await stranger.sync();
    expect(await stranger.interest([], { users })).toMatchObject(refused);
    await stranger.close();
  });

  it('tells what users follow, says so where that is known, and says nothing of a stranger', async () => {
    await writer.follow('f/ann', 'b', 'a');
    const [[, tag, rows, after] = []] = await follows(['f/ann', '', null]);
    expect([rows, after]).toEqual([
      [
        ['a', 0, []],
        ['b', 0, []],
      ],
      null,
    ]);
    expect(await follows(['f/ann', tag ?? '', null], ['f/nobody', '', null])).toEqual([
      ['f/ann', tag, null, null],
      ['f/nobody', expect.any(String), [], null],
    ]);
    await writer.unfollow('f/ann', 'b');
    const [[, other, left] = []] = await follows(['f/ann', tag ?? '', null]);
    expect(left).toEqual([['a', 0, []]]);
    expect(other).not.toBe(tag);
  });

  it('tells ten thousand follows in parts that fit into a message', async () => {
    const ids = Array.from({ length: 10_000 }, (_, at) => `${'long/'.repeat(20)}${at}`);
    await writer.follow('f/many', ...ids);
    const found: string[] = [];
    let after: string | null = null;
    let parts = 0;
    do {
      const [part]: Awaited<ReturnType<typeof follows>> = await follows(['f/many', '', after]);
      expect(JSON.stringify(part).length).toBeLessThan(1_048_576);
      found.push(...(part?.[2]?.map(([id]) => id) ?? []));
      after = part?.[3] ?? null;
      parts += 1;
    } while (after !== null);
    expect(found).toEqual([...ids].sort());
    expect(parts).toBeGreaterThan(1);
    // What comes after it in the same request is left to the next one.
    expect(await follows(['f/many', '', null], ['f/ann', '', null])).toHaveLength(1);
  }, 30_000);

  it('tells the titles of last modifications', async () => {
    await writer.entitle('t/1', 'A title');
    expect(failing(await gateway.titles(['t/1', 't/none'])).value).toEqual({
      titles: ['A title', null],
    });
  });

  it('is told what was missed when publications are lost', async () => {
    await want([['l/1', null]], ['l/ann']);
    expect(await writer.deafen()).toBeGreaterThan(0);
    await writer.modify('l/1');
    await writer.follow('l/ann', 'l/1');
    await until(() => pushedPages()['l/1'] === 1 && pushedUsers().includes('l/ann'), {
      what: 'what was missed',
      timeoutMs: 10_000,
    });
  }, 20_000);

  it('goes on after Redis was killed and has come back', async () => {
    await want([['r/1', null]], ['r/ann']);
    await writer.modify('r/1');
    await until(() => pushedPages()['r/1'] === 1);
    await redis.kill9();
    await redis.restart();
    await until(
      () =>
        writer.modify('r/1').then(
          () => true,
          () => false,
        ),
      { what: 'Redis to be back', timeoutMs: 15_000 },
    );
    await writer.follow('r/ann', 'r/1');
    await until(() => (pushedPages()['r/1'] ?? 0) >= 2 && pushedUsers().includes('r/ann'), {
      what: 'the changes after the restart',
      timeoutMs: 15_000,
    });
  }, 40_000);
});
