/**
 * Goal    a request asks Redis for the same thing once and for what it needs alone, never for more than its budget, and what
 *         the documents promise fits into that.
 * Method  the app with a private Redis and a cost limit that lets everything pass; Redis tells what it was asked.
 */
import type { RunningApp } from '@headcount/platform';
import { orThrow, parsePageId, parseViewerId } from '@headcount/protocol';
import { RedisMonitor, TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startNotification } from '../start.js';
import { TestCaller, type UnreadShown } from '../testing/callers.js';
import { callsOfRequest, unreadCalls } from './call-costs.js';
import { STORE, type Store } from './store.js';

const FOLLOWS_MAX = 10_000;
const SMALL = 200;

describe('store calls of notification', () => {
  let redis: RedisServer;
  let monitor: RedisMonitor;
  let app: RunningApp;
  let small: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    monitor = await RedisMonitor.start(redis.url);
    const settings = {
      ...{ NOTIFICATION_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      ...{ SIGNING_KEYS: TEST_SIGNING_KEYS, GRAPHQL_COST_MAX: '10000000' },
    };
    app = await startNotification({ ...settings, FOLLOWS_MAX: String(FOLLOWS_MAX) });
    small = await startNotification({
      ...{ ...settings, FOLLOWS_MAX: '5', STORE_CALLS_PER_REQUEST_MAX: String(SMALL) },
    });
    await follow('ann', 20);
    for (let nth = 0; nth < 30; nth += 1)
      await as('cms').modify('home', `e${nth}`, { title: `Title ${nth}` });
  });
  afterAll(async () => {
    await Promise.all([app.close(), small.close()]);
    monitor.close();
    await redis.stop();
  });

  const as = (user: string, at = app): TestCaller =>
    new TestCaller(at, { 'x-headcount-user': user });
  const aliases = (count: number, field: string): string =>
    Array.from({ length: count }, (_, at) => `a${at}: ${field}`).join(' ');
  async function follow(user: string, count: number): Promise<void> {
    const changes = Array.from({ length: count }, (_, at) => ({
      ...{ kind: 'follow' as const, pageId: orThrow(parsePageId(`p${at}`)), made: new Map() },
    }));
    await app.nest.get<Store>(STORE).follows.change(orThrow(parseViewerId(user)), changes);
  }
  /** What was done, and which calls it took; not those by which the app looks after its Redis. */
  const counted = async <T>(task: () => Promise<T>) => {
    const { calls, done } = await monitor.during(task);
    return { done, calls: calls.filter(([command = '']) => /^(?:eval|h|z)/i.test(command)) };
  };
  const entities = (fields: string, pages: readonly string[], at = app) =>
    as('ann', at).graphql(
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Page { ${fields} } } }`,
      { r: pages.map((pageId) => ({ __typename: 'Page', pageId })) },
    );

  it('compute what a user has not read once for all fields that ask for it', async () => {
    const ann = as('ann');
    await ann.graphql('{ unread { total } }');
    const one = await counted(() => ann.graphql('{ unread { total } }'));
    const fields = aliases(100, 'unread { total cursor pages(first: 1) { edges { cursor } } }');
    const many = await counted(() => ann.graphql(`{ ${fields} }`));
    expect(many.done.errors).toBeUndefined();
    expect(many.calls).toHaveLength(one.calls.length);
  });

  it('see in one request what it has changed itself', async () => {
    const ann = as('eve');
    await ann.follow('eve');
    await as('cms').modify('eve', 'for eve');
    const { cursor } = await ann.ask<UnreadShown>('unread', '{ unread { total cursor } }');
    const answer = await ann.graphql(
      `mutation ($cursor: String!) {
        before: unfollow(pageId: "nothing")
        a: follow(pageId: "eve") { unread }
        b: markAllRead(cursor: $cursor) { total pages { edges { node { pageId } } } }
        c: modifyPage(input: { pageId: "eve", eventId: "another for eve" }) { counted }
        d: markAllRead(cursor: $cursor) { total }
      }`,
      { cursor },
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toMatchObject({ a: { unread: 1 }, b: { total: 0 }, d: { total: 1 } });
  });

  it('read the history of a page once, and no more of it than is asked for', async () => {
    const pages = Array<string>(500).fill('home');
    const fields = aliases(3, 'history(first: 1) { edges { node { title } } }');
    await entities(fields, ['home']);
    const { calls, done } = await counted(() => entities(fields, pages));
    expect(done.errors).toBeUndefined();
    expect(calls).toHaveLength(1);
    const [entity] = done.data?._entities as { a0: { edges: { node: { title: string } }[] } }[];
    expect(entity?.a0.edges).toEqual([{ node: { title: 'Title 29' } }]);
  });

  it('read modifications together, a bucket at a time', async () => {
    const pages = Array.from({ length: 1000 }, (_, at) => `p${at}`);
    await entities('modifications', ['home']);
    const fields = aliases(7, 'modifications');
    const { calls, done } = await counted(() => entities(fields, [...pages.slice(0, 999), 'home']));
    expect(done.errors).toBeUndefined();
    expect((done.data?._entities as { a6: number }[])[999]?.a6).toBe(30);
    expect(calls.length).toBeLessThan(800);
  });

  it('end with the budget', async () => {
    const pages = Array.from({ length: 300 }, (_, at) => `p${at}`);
    const fields = 'history(first: 1) { edges { cursor } }';
    await entities(fields, ['home'], small);
    const { calls, done } = await counted(() => entities(fields, pages, small));
    expect(new Set(done.errors?.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['TOO_COMPLEX']),
    );
    expect(calls).toHaveLength(SMALL);
  });

  it('end a part of a digest early, and the next ones go on with it', async () => {
    const users = Array.from({ length: 30 }, (_, at) => `reader ${at}`);
    for (const user of users) await as(user).follow('digested');
    await as('cms').modify('digested', 'for all', { title: 'News' });
    const found: string[] = [];
    let parts = 0;
    for (let after: string | null = null, isMore = true; isMore; parts += 1) {
      const query = `query ($after: String) { digest(since: "2999-01-01T00:00:00Z", first: 100, after: $after) {
        edges { node { userId pages(first: 1) { edges { node { lastTitle } } } } } pageInfo { hasNextPage endCursor } } }`;
      const part: Digest = await as('mailer', small).ask('digest', query, { after });
      for (const { node } of part.edges) found.push(node.userId);
      [after, isMore] = [part.pageInfo.endCursor, part.pageInfo.hasNextPage];
    }
    expect(found.filter((user) => user.startsWith('reader')).sort()).toEqual([...users].sort());
    expect(parts).toBeGreaterThan(2);
  });

  it('let a user with as many follows as may be read and mark all of it', async () => {
    await follow('max', FOLLOWS_MAX);
    const max = as('max');
    for (const page of ['p0', 'p9999']) await as('cms').modify(page, 'for max');
    const { done, calls } = await counted(() =>
      max.graphql(`{ ${aliases(50, 'unread { total cursor }')} }`),
    );
    expect(done.errors).toBeUndefined();
    const { total, cursor } = done.data?.a49 as UnreadShown;
    expect(total).toBe(2);
    expect(calls.length).toBeLessThan(unreadCalls({ BUCKETS: 1024, FOLLOWS_MAX, ...BUDGET }, 1));
    expect((await max.rest('POST', '/users/max/reads', { cursor }))[1]).toMatchObject({ total: 0 });
  });
});

interface Digest {
  readonly edges: readonly { readonly node: { readonly userId: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const BUDGET = { STORE_CALLS_PER_REQUEST_MAX: 5000 };

describe('the budget of a request', () => {
  it('is as set, and more only where there are more buckets than that', () => {
    expect(callsOfRequest({ ...BUDGET, BUCKETS: 1024, FOLLOWS_MAX })).toBe(5000);
    expect(callsOfRequest({ ...BUDGET, BUCKETS: 65_536, FOLLOWS_MAX })).toBeGreaterThan(20_000);
    expect(callsOfRequest({ ...BUDGET, BUCKETS: 65_536, FOLLOWS_MAX: 100 })).toBe(5000);
  });
});
