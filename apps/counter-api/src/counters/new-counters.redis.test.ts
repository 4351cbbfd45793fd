/**
 * Goal    a user who has made as many new counters as it may is refused more on every write path, and nothing is left of what was refused;
 *         it goes on with counters that are there, others and services are not concerned.
 * Method  the app as it is, with a private Redis; requests over HTTP with tokens and an API key made here.
 */
import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startCounterApi } from '../start.js';

const SECRET = 'a secret of at least 32 characters';
const KEY = `hck_${'k'.repeat(43)}`;
const INCREMENT = { action: 'increment' };

describe('new counters', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let ann: string;
  let bob: string;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      ...{ COUNTER_API_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal', BUCKETS: '8' },
      ...{ AUTH: 'jwt', AUTH_JWT_SECRET: SECRET, SIGNING_KEYS: TEST_SIGNING_KEYS },
      ...{ NEW_COUNTERS_PER_CALLER: '3/60', VOTED_COUNTERS: 'stars' },
      API_KEYS: JSON.stringify({
        ...{ name: 'cms', sha256: createHash('sha256').update(KEY).digest('hex') },
        ...{ pages: ['*'], counters: ['*'] },
      }),
    });
    const tokenOf = (sub: string): Promise<string> =>
      new SignJWT({ sub, pages: ['*'], counters: ['likes'] })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1 hour')
        .sign(Buffer.from(SECRET));
    [ann, bob] = [await tokenOf('ann'), await tokenOf('bob')];
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const send = async (by: string, method: string, path: string, body?: object) => {
    const answer = await fetch(app.url + path, {
      method,
      headers: {
        authorization: `Bearer ${by}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const retryAfter = answer.headers.get('retry-after');
    return { status: answer.status, retryAfter, body: (await answer.json()) as object };
  };
  const put = (by: string, page: string) => send(by, 'PUT', `/${page}/counters/likes`, INCREMENT);

  it('are made up to as many as a user may make', async () => {
    for (const page of ['a', 'a', 'b', 'c', 'a'])
      expect(await put(ann, page)).toMatchObject({ status: 200 });
  });

  it('are refused beyond that, on every path', async () => {
    const change = { page: 'd', name: 'likes', ...INCREMENT };
    const code = 'TOO_MANY_COUNTERS';
    const refused = { status: 429, retryAfter: expect.stringMatching(/^\d+$/), body: { code } };
    expect(await put(ann, 'd')).toMatchObject(refused);
    expect(await send(ann, 'POST', '/d/counters/likes', INCREMENT)).toMatchObject(refused);
    expect(await send(ann, 'PUT', '/d/counters/stars/voters/ann', {})).toMatchObject(refused);
    expect(
      await send(ann, 'POST', '/counters', { changes: [change, { ...change, page: 'b' }] }),
    ).toMatchObject({
      body: { results: [{ problem: { code } }, { counter: { count: 2 } }] },
    });
    const mutations = [
      'incrementCounter(pageId: "d", name: "likes") { count }',
      'vote(pageId: "d", name: "stars") { voted }',
    ];
    for (const mutation of mutations)
      expect(
        await send(ann, 'POST', '/graphql', { query: `mutation { ${mutation} }` }),
      ).toMatchObject({ body: { errors: [{ extensions: { code } }] } });
    expect(
      await send(ann, 'POST', '/graphql', {
        query:
          'mutation { incrementCounters(changes: [{ pageId: "d", name: "likes" }]) { error { code } } }',
      }),
    ).toMatchObject({ body: { data: { incrementCounters: [{ error: { code } }] } } });
  });

  it('are refused without a trace, and what is there goes on', async () => {
    for (const name of ['likes', 'stars'])
      expect((await send(bob, 'GET', `/d/counters/${name}`)).body).toMatchObject({
        ...{ count: 0, updated_at: null },
      });
    expect(await put(ann, 'c')).toMatchObject({ status: 200, body: { count: 2 } });
  });

  it('are those of each user, and of services as many as they like', async () => {
    expect(await put(bob, 'd')).toMatchObject({ status: 200, body: { count: 1 } });
    // It is there now.
    expect(await put(ann, 'd')).toMatchObject({ status: 200, body: { count: 2 } });
    for (const page of ['e', 'f', 'g', 'h', 'i'])
      expect(await put(KEY, page)).toMatchObject({ status: 200 });
  });
});
