/**
 * Goal    the key of a change is its caller's own: no caller learns of, uses up or takes the keys of another, over REST and GraphQL.
 * Method  the app with AUTH=jwt and a private Redis, with one bucket and with 64; requests over HTTP with tokens made here.
 */
import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startCounterApi } from '../start.js';
import { STORE, type Store } from '../store/store.js';

const SECRET = 'a secret of at least 32 characters';
const API_KEY = `hck_${'k'.repeat(43)}`;
const IDS_MAX = 1000;
const OF_VIEWER = 20;

const tokenOf = (sub: string): Promise<string> =>
  new SignJWT({ sub, pages: ['*'], counters: ['*'], amount: 10 })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1 hour')
    .sign(Buffer.from(SECRET));

describe.each(['1', '64'])('keys of changes in %s buckets', (BUCKETS) => {
  let redis: RedisServer;
  let app: RunningApp;
  let ann: string;
  let bob: string;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      ...{ COUNTER_API_PORT: '0', DATAGRAM_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      ...{ BUCKETS, AUTH: 'jwt', AUTH_JWT_SECRET: SECRET, SIGNING_KEYS: TEST_SIGNING_KEYS },
      ...{ OPERATION_IDS_MAX: `${IDS_MAX}`, OPERATION_IDS_PER_VIEWER_MAX: `${OF_VIEWER}` },
      // Batches of 1,000 would meet that limit first.
      RATE_LIMIT_PER_CALLER: 'off',
      API_KEYS: JSON.stringify({
        name: 'ann',
        sha256: createHash('sha256').update(API_KEY).digest('hex'),
        ...{ pages: ['*'], counters: ['*'] },
      }),
    });
    [ann, bob] = [await tokenOf('ann'), await tokenOf('bob')];
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const post = async (token: string, path: string, body: object, key?: string) => {
    const response = await fetch(app.url + path, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(key !== undefined && { 'idempotency-key': `"${key}"` }),
      },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      replayed: response.headers.has('idempotency-replayed'),
      retryAfter: response.headers.get('retry-after'),
      body: (await response.json()) as never,
    };
  };
  const like = (token: string, page: string, key: string, by = 1, name = 'likes') =>
    post(token, `/${page}/counters/${name}`, { action: 'increment', by }, key);
  const batch = (token: string, changes: readonly object[], key?: string) =>
    post(token, '/counters', { changes }, key);
  const change = (page: string, more: object = {}) => ({
    ...{ page, name: 'likes', action: 'increment', ...more },
  });
  const graphql = async (token: string, page: string, opId: string) => {
    const query = `mutation { incrementCounter(pageId: "${page}", name: "likes", opId: "${opId}") { count change { replayed } } }`;
    const { body } = await post(token, '/graphql', { query });
    return (body as { data: { incrementCounter: { change: { replayed: boolean } } } }).data
      .incrementCounter.change.replayed;
  };

  it('are another operation for each caller, also for a key that is called like a user', async () => {
    expect(await like(ann, 'a', 'k', 2)).toMatchObject({ replayed: false, body: { count: 2 } });
    expect(await like(bob, 'a', 'k', 3)).toMatchObject({ replayed: false, body: { count: 5 } });
    expect(await like(API_KEY, 'a', 'k', 4)).toMatchObject({ replayed: false, body: { count: 9 } });
    expect(await like(ann, 'a', 'k', 2)).toMatchObject({ replayed: true, body: { count: 9 } });
    expect(await like(ann, 'a', 'k', 3)).toMatchObject({
      status: 422,
      body: { code: 'OPERATION_ID_REUSED' },
    });
    expect([await graphql(ann, 'b', 'g'), await graphql(bob, 'b', 'g')]).toEqual([false, false]);
    expect([await graphql(ann, 'b', 'g'), (await like(ann, 'b', 'g')).replayed]).toEqual([
      true,
      true,
    ]);
  });

  it('are another operation on each page, and one on a page whatever its counters', async () => {
    for (const page of ['c', 'd', 'e']) expect((await like(ann, page, 'k')).replayed).toBe(false);
    expect(await like(ann, 'c', 'k', 1, 'votes')).toMatchObject({ status: 422 });
  });

  it('of a batch meet no key of a single change, whatever their lengths', async () => {
    const long = 'x'.repeat(128);
    for (const key of ['x', long]) {
      const page = `batch-${key.length}`;
      const sent = await batch(ann, [change(page), change(page)], key);
      expect(sent).toMatchObject({ body: { results: [{ replayed: false }, { replayed: false }] } });
      expect(await batch(ann, [change(page), change(page)], key)).toMatchObject({
        body: { results: [{ replayed: true }, { replayed: true }] },
      });
    }
    for (const key of ['x', 'x.0', 'x.1', '0', '1'])
      expect((await like(ann, 'batch-1', key)).replayed).toBe(false);
  });

  it('are refused to who has used up its own, and to nobody else', async () => {
    const mallory = await tokenOf('mallory');
    const changes = Array.from({ length: 1000 }, () => change('home'));
    for (const [key, expected] of [['one', OF_VIEWER] as const, ['two', 0] as const]) {
      const { body } = await batch(mallory, changes, key);
      const { results } = body as { results: readonly { counter?: object }[] };
      expect(results.filter(({ counter }) => counter)).toHaveLength(expected);
    }
    const refused = await like(mallory, 'home', 'one-more');
    expect(refused).toMatchObject({ status: 429, retryAfter: '600', body: { code: 'TOO_MANY' } });
    expect((await post(mallory, '/home/counters/likes', { action: 'increment' })).status).toBe(200);
    expect((await like(ann, 'home', 'k')).status).toBe(200);
    expect((await like(API_KEY, 'home', 'k')).status).toBe(200);
    const event = { pageId: 'home', name: 'modifications', amount: 1, operationId: 'event:digest' };
    expect((await app.nest.get<Store>(STORE).batcher.add(event)).ok).toBe(true);
  });
});
