/**
 * Goal    the short ways of GET and PUT answer what the whole way answers, headers and all.
 * Method  two counter-apis on one private Redis, one of which keeps nothing in memory; what is asked with `Prefer` goes the
 *         whole way.
 */
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis, until } from '@headcount/testing';
import { startCounterApi } from '../start.js';

const WHOLE = { prefer: 'the-whole-way' };

describe('the short ways of a counter', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let other: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    const settings = {
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
    };
    app = await startCounterApi(settings);
    other = await startCounterApi({ ...settings, CACHED_COUNTERS_MAX: '0' });
  });
  afterAll(async () => {
    await Promise.all([app.close(), other.close()]);
    await redis.stop();
  });

  const ask = async (
    { nest }: RunningApp,
    method: 'GET' | 'PUT',
    page: string,
    headers: Readonly<Record<string, string>> = {},
    payload?: unknown,
  ) => {
    const url = `/${encodeURIComponent(page)}/counter`;
    const body = payload === undefined ? {} : { payload: JSON.stringify(payload) };
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await nest.inject({ method, url, headers: { ...type, ...headers }, ...body });
    const told: Record<string, unknown> = { ...answer.headers, date: '' };
    return { status: answer.statusCode, told, body: answer.body };
  };
  const get = (page: string, headers = {}) => ask(app, 'GET', page, headers);
  const put = (page: string, payload: unknown, headers = {}, at = app) =>
    ask(at, 'PUT', page, headers, payload);
  const kept = async (): Promise<number> => {
    const body = await (await fetch(`${app.internalUrl}/metrics`)).text();
    return Number(/^headcount_cached_counters\S* (\d+)$/m.exec(body)?.[1]);
  };
  const keep = async (page: string): Promise<void> => {
    const before = await kept();
    await get(page);
    await get(page);
    await until(async () => (await kept()) > before);
  };

  it('show a counter that is kept as one that is read', async () => {
    for (const page of ['home', 'näive', 'a/b']) {
      await put(page, { action: 'increment' });
      await keep(page);
      const whole = await get(page, WHOLE);
      expect(whole.status).toBe(200);
      for (const accept of ['application/json', '*/*', undefined])
        expect(await get(page, accept === undefined ? {} : { accept })).toEqual(whole);
      expect(await ask(other, 'GET', page)).toEqual(whole);
      expect((await get(page, { accept: 'text/html' })).body).toMatch('<html');
      const etag = String(whole.told.etag);
      expect((await get(page, { 'if-none-match': etag })).status).toBe(304);
    }
  });

  it('change a counter as the whole way does', async () => {
    for (const action of ['increment', 'decrement', 'increment']) {
      const [short, whole] = [
        await put('short', { action }),
        await put('whole', { action }, WHOLE),
      ];
      // A second may pass between the two.
      const timeless = (body: string): string => body.replace(/\d\d:\d\d:\d\dZ/, 'then');
      expect({ ...short, body: timeless(short.body) }).toEqual({
        ...whole,
        body: timeless(whole.body),
      });
      expect(short.status).toBe(200);
    }
    for (const payload of [{}, [], { action: 'x' }, { action: 'increment', by: 'x' }]) {
      const [short, whole] = [await put('short', payload), await put('whole', payload, WHOLE)];
      expect(short.status).toBe(whole.status);
    }
    expect((await put('no such page', { action: 'increment' })).status).toBe(400);
  });

  it('show every change at once to whoever made it, and soon to everybody', async () => {
    await keep('busy');
    for (let count = 1; count <= 100; count += 1) {
      expect(JSON.parse((await put('busy', { action: 'increment' })).body)).toMatchObject({
        count,
      });
      expect(JSON.parse((await get('busy')).body)).toMatchObject({ count });
    }
    await put('busy', { action: 'increment' }, {}, other);
    await until(
      async () => (JSON.parse((await get('busy')).body) as { count: number }).count === 101,
    );
  });

  it('tell of an error as the whole way does', async () => {
    const [short, whole] = await Promise.all([
      put('@reserved', { action: 'increment' }),
      put('@reserved', { action: 'increment' }, WHOLE),
    ]);
    expect(short.status).toBe(whole.status);
    expect(JSON.parse(short.body)).toMatchObject({ code: 'BAD_PAGE_ID' });
  });

  it('show nothing while Redis is away, and all that has changed once it is back', async () => {
    await put('away', { action: 'increment' });
    await keep('away');
    await redis.kill9();
    await until(async () => (await get('away')).status === 503);
    await redis.restart();
    let changed = await get('away');
    await until(async () => {
      changed = await put('away', { action: 'increment' }, {}, other);
      return changed.status === 200;
    });
    await until(async () => (await get('away')).body === changed.body);
  });
});
