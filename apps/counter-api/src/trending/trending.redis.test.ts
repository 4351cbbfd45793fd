/**
 * Goal    counter-api tells which pages gained most, over all buckets, by GraphQL, REST and to gateways alike, and many askers
 *         cost one reading.
 * Method  the app as it is with a private Redis; requests over HTTP. The windows are longer than the test.
 */
import type { RunningApp } from '@headcount/platform';
import { PATHS, trendingWindow } from '@headcount/protocol';
import { startRedis, until, type RedisServer } from '@headcount/testing';
import { KEYS, TestGateway } from '../intake/testing/test-gateway.js';
import { startCounterApi } from '../start.js';

const SIGNING_KEYS = KEYS.map(({ id, secret }) => `${id}:${secret}`).join();

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

describe('trending of counter-api', () => {
  let redis: RedisServer;
  let app: RunningApp;
  const start = async (more: Record<string, string> = {}): Promise<RunningApp> =>
    startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS,
      GATEWAY_URLS: 'http://127.0.0.1:*',
      ...more,
    });
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await app.close();
    await redis.stop();
  });

  const graphql = async (query: string): Promise<Answer> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer;
  };
  const raise = async (pageId: string, by: number, name = 'visits', more = ''): Promise<void> => {
    const change = `pageId: "${pageId}", by: ${by}, name: "${name}"${more}`;
    const answer = await graphql(`mutation { incrementCounter(${change}) { count } }`);
    expect(answer.errors).toBeUndefined();
  };
  const get = (query = '') => fetch(`${app.url}/trending${query}`);
  const reads = async (): Promise<number> => {
    const text = await (await fetch(`${app.internalUrl}/metrics`)).text();
    return Number(/^headcount_trending_reads_total(?:\{.*\})? (\d+)$/m.exec(text)?.[1]);
  };

  it.each(['1', '1024', '2048'])(
    'shows the same by every way, most first, over %s buckets',
    async (BUCKETS) => {
      app = await start({ BUCKETS });
      const pages = Array.from({ length: 30 }, (_, at) => `page-${String(at).padStart(2, '0')}`);
      await Promise.all(pages.map((pageId, at) => raise(pageId, 1 + Math.floor(at / 3))));
      await raise('elsewhere', 99, 'likes');
      const expected = [...pages]
        .map((page_id, at) => ({ page_id, gain: 1 + Math.floor(at / 3) }))
        .sort((left, right) => right.gain - left.gain || (left.page_id < right.page_id ? -1 : 1));
      expect(await (await get('?first=100')).json()).toEqual({
        ...{ window_seconds: 300, pages: expected },
      });
      const short = await get('?first=4&windowSeconds=3600&name=visits');
      expect(short.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await short.json()).toEqual({
        ...{ window_seconds: 3600, pages: expected.slice(0, 4) },
      });
      const shown = expected.map(({ page_id, gain }) => ({ pageId: page_id, gain }));
      expect(await graphql('{ trending { pageId gain } }')).toEqual({
        data: { trending: shown.slice(0, 10) },
      });
      expect(
        await graphql(
          '{ trending(first: 2, windowSeconds: 60, name: "visits") { pageId gain } all: trending(first: null, windowSeconds: null, name: null) { gain } }',
        ),
      ).toEqual({
        data: {
          trending: shown.slice(0, 2),
          all: shown.slice(0, 10).map(({ gain }) => ({ gain })),
        },
      });
      const gateway = new TestGateway(app.internalUrl);
      const answer = await gateway.trending([
        ['visits', 300, 3],
        ['likes', 300, 3],
        ['visits', 60, 1],
      ]);
      const rows = shown.map(({ pageId, gain }) => [pageId, gain]);
      expect(answer).toEqual({
        ok: true,
        value: { answers: [rows.slice(0, 3), 'BAD_REQUEST', rows.slice(0, 1)] },
      });
    },
  );

  it('counts an operation once, and by each of the counters that are trended', async () => {
    app = await start({ TRENDING_COUNTERS: 'likes, visits' });
    for (let times = 0; times < 2; times += 1) await raise('home', 3, 'likes', ', opId: "op"');
    await raise('home', 1);
    expect(await (await get('?name=likes')).json()).toEqual({
      window_seconds: 300,
      pages: [{ page_id: 'home', gain: 3 }],
    });
    expect(await (await get()).json()).toEqual({
      ...{ window_seconds: 300, pages: [{ page_id: 'home', gain: 1 }] },
    });
  });

  it('reads once for many who ask, and again once that is a second old', async () => {
    app = await start();
    await raise('home', 1);
    const asks = ['?first=10', '', '?first=3', '?windowSeconds=290', '?name=visits'];
    const all = await Promise.all([...asks, ...asks].map(async (ask) => (await get(ask)).json()));
    expect(all).toEqual(
      Array(10).fill({ window_seconds: 300, pages: [{ page_id: 'home', gain: 1 }] }),
    );
    expect(await reads()).toBe(1);
    await raise('home', 1);
    await until(async () => JSON.stringify(await (await get()).json()).includes(':2}'), {
      what: 'the second visit',
    });
  });

  it('reads each of its eight windows once for every window and number of pages there is', async () => {
    app = await start();
    await raise('home', 1);
    const windows = Array.from({ length: 37 }, (_, at) =>
      Math.min(3600, Math.ceil(10 * 1.178 ** at)),
    );
    const asks = [10, 100].flatMap((first) => windows.map((window) => ({ first, window })));
    const all = await Promise.all(
      asks.map(async ({ first, window }) =>
        (await get(`?first=${first}&windowSeconds=${window}`)).json(),
      ),
    );
    expect(new Set(windows.map(trendingWindow)).size).toBe(8);
    asks.forEach(({ window }, at) =>
      expect(all[at]).toMatchObject({ window_seconds: trendingWindow(window) }),
    );
    for (const answer of all) expect(answer).toMatchObject({ pages: [{ gain: 1 }] });
    expect(await reads()).toBeLessThanOrEqual(8);
  });

  it('is refused where too much has been read, until there is time for it', async () => {
    app = await start({ TRENDING_READS_PER_SECOND: '512' });
    expect((await get()).status).toBe(200);
    const refused = await get('?windowSeconds=60');
    expect([refused.status, await refused.json()]).toEqual([
      429,
      expect.objectContaining({ code: 'TOO_MANY' }),
    ]);
    const { errors } = await graphql('{ trending(windowSeconds: 3600) { gain } }');
    expect(errors?.[0]?.extensions.code).toBe('TOO_MANY');
    const gateway = new TestGateway(app.internalUrl);
    expect(await gateway.trending([['visits', 3600, 3]])).toMatchObject({
      value: { answers: ['TOO_MANY'] },
    });
    expect((await get()).status).toBe(200);
    await until(async () => (await get('?windowSeconds=60')).status === 200, { timeoutMs: 20_000 });
  });

  it.each([
    ['?first=0', 'first: 0', 'BAD_REQUEST'],
    ['?first=101', 'first: 101', 'BAD_REQUEST'],
    ['?windowSeconds=9', 'windowSeconds: 9', 'BAD_REQUEST'],
    ['?windowSeconds=3601', 'windowSeconds: 3601', 'BAD_REQUEST'],
    ['?name=likes', 'name: "likes"', 'BAD_REQUEST'],
    ['?name=no%20spaces', 'name: "no spaces"', 'BAD_COUNTER_NAME'],
    ['?first=1&first=2', 'first: -1', 'BAD_REQUEST'],
    ['?first=1e1', 'windowSeconds: -10', 'BAD_REQUEST'],
    ['?first=', 'first: 102', 'BAD_REQUEST'],
    ['?name=', 'name: ""', 'BAD_COUNTER_NAME'],
  ])('refuses %s and (%s) with %s and reads nothing', async (query, args, code) => {
    app = await start();
    const response = await get(query);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ code });
    const { errors } = await graphql(`{ trending(${args}) { gain } }`);
    expect(errors?.[0]?.extensions.code).toBe(code);
    expect(await reads()).toBe(0);
  });

  it('refuses other methods and media types, and gateways that do not sign', async () => {
    app = await start();
    const deleted = await fetch(`${app.url}/trending`, { method: 'DELETE' });
    expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const image = await fetch(`${app.url}/trending`, { headers: { accept: 'image/png' } });
    expect(image.status).toBe(406);
    const unsigned = await fetch(`${app.internalUrl}${PATHS.trending}`, {
      method: 'POST',
      body: '{"asks":[]}',
      headers: { 'content-type': 'application/json' },
    });
    expect(unsigned.status).toBe(401);
    const beyond = await new TestGateway(app.internalUrl).trending([['visits', 5, 1]]);
    expect(beyond).toMatchObject({ ok: false, error: { status: 400 } });
  });

  it('is for everyone where tokens are asked for, as reading counters is', async () => {
    app = await start({ AUTH: 'jwt', AUTH_JWT_SECRET: 'a secret of at least 32 characters' });
    expect(await graphql('{ trending { gain } }')).toEqual({ data: { trending: [] } });
    expect((await get()).status).toBe(200);
  });

  it('says that the store is away, and answers again when it is back', async () => {
    app = await start();
    await raise('home', 1);
    await redis.kill9();
    const asked = async () => (await get()).status;
    await until(async () => (await asked()) === 503, { what: 'the store to be missed' });
    const gateway = new TestGateway(app.internalUrl);
    expect(await gateway.trending([['visits', 300, 1]])).toMatchObject({
      ok: false,
      error: { refusal: 'STORE_UNAVAILABLE' },
    });
    await redis.restart();
    await until(async () => (await asked()) === 200, { what: 'the store to be back' });
  });
});
