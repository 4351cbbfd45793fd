/**
 * Goal    the public interfaces of counter-api behave as the README and the golden files say.
 * Method  the app as it is, on a free port, with a private Redis; requests over HTTP.
 */
import { TEST_SIGNING_KEYS, type RedisServer, startRedis, until } from '@headcount/testing';
import type { RunningApp } from '@headcount/platform';
import { startCounterApi } from './start.js';

describe('counter-api', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      AMOUNT_MAX: String(Number.MAX_SAFE_INTEGER),
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const at = (pageId: string) => `${app.url}/${encodeURIComponent(pageId)}/counter`;
  const get = (pageId: string, accept = 'application/json') =>
    fetch(at(pageId), { headers: { accept } });
  const put = (
    pageId: string,
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ) => fetch(at(pageId), { method: 'PUT', body, headers });
  const change = (pageId: string, action: string) => put(pageId, JSON.stringify({ action }));
  const graphql = async (query: string, variables: object = {}) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  };
  interface Answer {
    readonly data?: Record<string, Record<string, unknown>>;
    readonly errors?: readonly {
      readonly message: string;
      readonly extensions: { readonly code: string };
    }[];
  }

  describe('REST', () => {
    it('answers a page that nobody touched with 0', async () => {
      const response = await get('untouched');
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.json()).toEqual({ count: 0, updated_at: null });
    });

    it('shows after a PUT what the PUT answered', async () => {
      expect(await (await change('home', 'increment')).json()).toMatchObject({ count: 1 });
      expect(await (await change('home', 'increment')).json()).toMatchObject({ count: 2 });
      const lowered = await (await change('home', 'decrement')).json();
      expect(lowered).toEqual({
        count: 1,
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      });
      expect(await (await get('home')).json()).toEqual(lowered);
    });

    it('never shows a page fewer than nobody', async () => {
      expect(await (await change('below', 'decrement')).json()).toMatchObject({ count: 0 });
    });

    it.each(['a/b', 'naïve', '日本語', 'x'.repeat(256), "it's", 'a&b=c', 'q?x#y'])(
      'takes the page id %s',
      async (pageId) => {
        expect((await change(pageId, 'increment')).status).toBe(200);
        expect(await (await get(pageId)).json()).toMatchObject({ count: 1 });
      },
    );

    it('takes two spellings of one text for one page', async () => {
      await change('cafe\u0301', 'increment');
      expect(await (await get('caf\u00e9')).json()).toMatchObject({ count: 1 });
    });

    it.each([
      ['bad JSON', 'home', '{', 400, 'BAD_REQUEST'],
      ['no object', 'home', '[]', 400, 'BAD_REQUEST'],
      ['a bad action', 'home', '{"action":"explode"}', 400, 'BAD_ACTION'],
      ['no action', 'home', '{}', 400, 'BAD_ACTION'],
      ['a bad page id', 'a b', '{"action":"increment"}', 400, 'BAD_PAGE_ID'],
      ['a reserved page id', '@me', '{"action":"increment"}', 400, 'BAD_PAGE_ID'],
      ['a path that climbs', '../etc', '{"action":"increment"}', 400, 'BAD_PAGE_ID'],
      ['a page id that is too long', 'x'.repeat(257), '{"action":"increment"}', 400, 'BAD_PAGE_ID'],
      [
        'a body that is too large',
        'home',
        `{"action":"${'x'.repeat(70_000)}"}`,
        413,
        'PAYLOAD_TOO_LARGE',
      ],
    ])('refuses %s with problem details', async (_, pageId, body, status, code) => {
      const response = await put(pageId, body);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await response.json()).toMatchObject({ status, code, title: expect.any(String) });
    });

    it('refuses other methods, media types and answers', async () => {
      const deleted = await fetch(at('home'), { method: 'DELETE' });
      expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT']);
      expect((await put('home', 'action=increment', { 'content-type': 'text/plain' })).status).toBe(
        415,
      );
      expect((await get('home', 'image/png')).status).toBe(406);
      expect(
        (
          await put('home', '{"action":"increment"}', {
            'content-type': 'application/json',
            accept: 'text/html',
          })
        ).status,
      ).toBe(406);
      expect((await fetch(`${app.url}/nowhere`)).status).toBe(404);
    });

    it('shows a person a page with every value escaped and nothing inline', async () => {
      const response = await get(
        `it's&"`.replace('"', ''),
        'text/html,application/xhtml+xml,*/*;q=0.8',
      );
      const html = await response.text();
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(html).toContain('page-id="it&#39;s&amp;"');
      expect(html).not.toMatch(/<script(?![^>]*src=)|style="|onload=/);
    });
  });

  describe('GraphQL', () => {
    const SHOWN = '{ pageId name count connections updatedAt }';

    it('answers a counter, many of them and the site', async () => {
      await graphql(`mutation { incrementCounter(pageId: "g1", name: "likes", by: 5) ${SHOWN} }`);
      const { body } = await graphql(
        `{ counter(pageId: "g1", name: "likes") ${SHOWN} counters(pageIds: ["g2", "g1"], name: "likes") { pageId count } site { pageId count } }`,
      );
      expect(body.data?.counter).toEqual({
        pageId: 'g1',
        name: 'likes',
        count: 5,
        connections: 0,
        updatedAt: expect.stringMatching(/Z$/),
      });
      expect(body.data?.counters).toEqual([
        { pageId: 'g2', count: 0 },
        { pageId: 'g1', count: 5 },
      ]);
      expect(body.data?.site).toEqual({ pageId: '@site', count: 0 });
    });

    it('counts an opId once and refuses it for something else', async () => {
      const like = (by: number) =>
        graphql(
          `
            mutation ($by: SafeInt) {
              incrementCounter(pageId: "once", name: "likes", by: $by, opId: "op-1") {
                count
              }
            }
          `,
          { by },
        );
      expect((await like(2)).body.data?.incrementCounter).toEqual({ count: 2 });
      expect((await like(2)).body.data?.incrementCounter).toEqual({ count: 2 });
      expect((await like(3)).body.errors?.[0]?.extensions.code).toBe('OPERATION_ID_REUSED');
    });

    it('is exact to 2^53 - 1 and refuses one more', async () => {
      const add = (by: number) =>
        graphql(
          'mutation($by: SafeInt) { incrementCounter(pageId: "big", name: "events", by: $by) { count } }',
          { by },
        );
      expect((await add(Number.MAX_SAFE_INTEGER)).body.data?.incrementCounter).toEqual({
        count: Number.MAX_SAFE_INTEGER,
      });
      expect((await add(1)).body.errors?.[0]?.extensions.code).toBe('OUT_OF_RANGE');
      const { body } = await graphql('{ counter(pageId: "big", name: "events") { count } }');
      expect(body.data?.counter).toEqual({ count: Number.MAX_SAFE_INTEGER });
    });

    it.each([
      ['{ counter(pageId: "a b") { count } }', 'BAD_PAGE_ID'],
      ['{ counter(pageId: "a", name: "no spaces") { count } }', 'BAD_COUNTER_NAME'],
      ['mutation { incrementCounter(pageId: "a", by: 0) { count } }', 'BAD_AMOUNT'],
      ['mutation { decrementCounter(pageId: "a", by: -1) { count } }', 'BAD_AMOUNT'],
      ['mutation { incrementCounter(pageId: "a", opId: "") { count } }', 'BAD_OPERATION_ID'],
      ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      ['{', 'GRAPHQL_PARSE_FAILED'],
    ])('refuses %s with %s', async (query, code) => {
      const { body } = await graphql(query);
      expect(body.errors?.[0]?.extensions).toEqual({ code });
    });
  });

  it('says that it is not ready while Redis is away, stays alive, and recovers', async () => {
    await redis.kill9();
    const ready = () => fetch(`${app.internalUrl}/health/ready`);
    await until(async () => (await ready()).status === 503, { what: 'not ready' });
    expect(await (await ready()).text()).toContain('Redis does not answer');
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    expect((await get('home')).status).toBe(503);
    await redis.restart();
    await until(async () => (await ready()).status === 200, { what: 'ready again' });
    expect((await get('home')).status).toBe(200);
  });

  it('serves metrics', async () => {
    expect(await (await fetch(`${app.internalUrl}/metrics`)).text()).toContain(
      'headcount_datagrams_dropped_total',
    );
  });
});
