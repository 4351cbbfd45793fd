/**
 * Goal    before Redis refuses writes, nothing new is made and what is there goes on; operators are warned; what Redis itself refuses is
 *         told as such, at once.
 * Method  the app as it is, with a private Redis whose maxmemory is moved; requests over HTTP.
 */
import Redis from 'ioredis';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, startRedis, until, type RedisServer } from '@headcount/testing';
import { startCounterApi } from '../start.js';

describe('memory of Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let app: RunningApp;
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    app = await startCounterApi({
      ...{ COUNTER_API_PORT: '0', REDIS_URL: server.url, LOG_LEVEL: 'fatal', BUCKETS: '8' },
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      REDIS_MEMORY_PERCENT: '50',
    });
  });
  afterAll(async () => {
    await app.close();
    redis.disconnect();
    await server.stop();
  });

  const get = async (path: string, at = app.url) => {
    const answer = await fetch(at + path, { headers: { accept: 'application/json' } });
    return { status: answer.status, text: await answer.text() };
  };
  const put = async (page: string, body: object = { action: 'increment' }) => {
    const answer = await fetch(`${app.url}/${page}/counters/likes`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as object };
  };
  const graphql = async (query: string) => {
    const answer = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-headcount-user': 'ann' },
      body: JSON.stringify({ query }),
    });
    return answer.json();
  };
  const metric = async (name: string): Promise<number> => {
    const { text } = await get('/metrics', app.internalUrl);
    return Number(new RegExp(`^headcount_${name}\\S* (\\S+)$`, 'm').exec(text)?.[1]);
  };
  const used = async () =>
    Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1] ?? NaN);
  const full = (is: 0 | 1) =>
    until(async () => (await metric('redis_memory_full')) === is, { what: `full: ${is}` });

  it('is shown, and has room without a limit', async () => {
    expect((await put('old')).status).toBe(200);
    expect(await metric('redis_memory_used_bytes')).toBeGreaterThan(100_000);
    expect(await metric('redis_memory_max_bytes')).toBe(0);
    expect(await metric('redis_memory_full')).toBe(0);
  });

  it('is kept for what is there, and operators are warned', async () => {
    await redis.config('SET', 'maxmemory', Math.floor((await used()) * 1.6));
    await full(1);
    const refused = { status: 507, body: { code: 'STORE_FULL' } };
    expect(await put('new')).toMatchObject(refused);
    expect(await put('new', { action: 'increment', voter: 'ann' })).toMatchObject(refused);
    expect(await put('old', { action: 'increment', voter: 'ann' })).toMatchObject(refused);
    const mutation = 'incrementCounter(pageId: "new", name: "likes") { count }';
    expect(await graphql(`mutation { ${mutation} }`)).toMatchObject({
      errors: [{ extensions: { code: 'STORE_FULL' } }],
    });
    expect(await put('old')).toMatchObject({ status: 200, body: { count: 2 } });
    expect((await get('/new/counters/likes')).text).toContain('"count":0');
    const ready = await get('/health/ready', app.internalUrl);
    expect(ready.status).toBe(200);
    expect(ready.text).toMatch(/"warning":"Redis uses \d+ MiB of \d+ MiB\."/);
  });

  it('is told to be used up where Redis itself refuses, and is used again once there is more', async () => {
    await redis.config('SET', 'maxmemory', '1mb');
    for (const page of ['old', 'new'])
      expect(await put(page)).toMatchObject({ status: 507, body: { code: 'STORE_FULL' } });
    expect((await get('/old/counters/likes')).text).toContain('"count":2');
    await redis.config('SET', 'maxmemory', '0');
    await full(0);
    expect(await put('new')).toMatchObject({ status: 200, body: { count: 1 } });
    expect(await put('old')).toMatchObject({ status: 200, body: { count: 3 } });
  });
});
