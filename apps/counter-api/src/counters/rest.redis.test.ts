/**
 * Goal    REST over every counter behaves as docs/rest.md says: names, keys, validators, waits, batches, other origins.
 * Method  the app as it is, on a free port, with a private Redis; requests over HTTP.
 */
import { request } from 'node:http';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis, until } from '@headcount/testing';
import { startCounterApi } from '../start.js';

type Headers = Readonly<Record<string, string>>;

const MAX = Number.MAX_SAFE_INTEGER;
const json = { 'content-type': 'application/json' };

describe('counters over REST', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      AMOUNT_MAX: String(MAX),
      CORS_ORIGINS: 'https://shop.example',
      OPERATION_IDS_MAX: '100',
      BUCKETS: '64',
      WAITS_PER_CALLER_MAX: '2',
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  async function ask(path: string, init: RequestInit = {}) {
    const response = await fetch(app.url + path, init);
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const body = (type.includes('json') && text !== '' ? JSON.parse(text) : text) as never;
    return { status: response.status, headers: response.headers, body };
  }
  const get = (path: string, headers: Headers = {}) => ask(path, { headers });
  const send = (method: string, path: string, body: unknown, headers: Headers = {}) =>
    ask(path, {
      method,
      headers: { ...json, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const put = (path: string, body: unknown, headers: Headers = {}) =>
    send('PUT', path, body, headers);
  const increment = { action: 'increment' };

  describe('one counter of a page', () => {
    it.each(['PUT', 'POST'])(
      'is raised and lowered by %s, by as much as is said',
      async (method) => {
        const path = `/one-${method}/counters/likes`;
        expect((await get(path)).body).toEqual({ count: 0, updated_at: null });
        expect((await send(method, path, { ...increment, by: 5 })).body).toMatchObject({
          count: 5,
        });
        const lowered = await send(method, path, { action: 'decrement', by: 7 });
        expect(lowered).toMatchObject({ status: 200, body: { count: -2 } });
        expect((await get(path)).body).toEqual(lowered.body);
        expect((await get(`/one-${method}/counters/other`)).body).toMatchObject({ count: 0 });
      },
    );

    it('is, as viewers, that of the original API', async () => {
      await put('/same/counter', increment);
      expect((await put('/same/counters/viewers', increment)).body).toMatchObject({ count: 2 });
      expect((await get('/same/counter', { accept: 'application/json' })).body).toMatchObject({
        count: 2,
      });
    });

    it('takes a vote of a voter once', async () => {
      const path = '/voted/counters/likes';
      const vote = (action: string, more: object = {}) =>
        put(path, { action, voter: 'ann', ...more });
      expect((await vote('increment')).body).toEqual({
        ...{ count: 1, updated_at: expect.any(String) },
        ...{ voted: true, choice: null, changed: true },
      });
      expect((await vote('increment')).body).toMatchObject({ count: 1, changed: false });
      await put(path, { ...increment, voter: 'bob' });
      expect((await vote('decrement')).body).toMatchObject({ count: 1, voted: false });
      expect(await vote('increment', { by: 2 })).toMatchObject({ status: 400 });
      expect(await put(path, { ...increment, voter: 7 })).toMatchObject({
        ...{ status: 400, body: { code: 'BAD_VIEWER_ID' } },
      });
      expect((await get(path)).body).toMatchObject({ count: 1 });
    });

    it.each([
      ['an unknown action', { action: 'explode' }, 'BAD_ACTION'],
      ['no action', {}, 'BAD_ACTION'],
      ['a list', [], 'BAD_REQUEST'],
      ['a field that is not known', { ...increment, byy: 5 }, 'BAD_REQUEST'],
      ['a durability that is none', { ...increment, durability: 'replicas:0' }, 'BAD_DURABILITY'],
      ['0', { ...increment, by: 0 }, 'BAD_AMOUNT'],
      ['less than nothing', { ...increment, by: -1 }, 'BAD_AMOUNT'],
      ['null', { ...increment, by: null }, 'BAD_AMOUNT'],
      ['a text', { ...increment, by: '1' }, 'BAD_AMOUNT'],
      ['a number with a point', '{"action":"increment","by":1.0}', 'BAD_AMOUNT'],
      ['a number with an exponent', '{"action":"increment","by":1e3}', 'BAD_AMOUNT'],
      ['a number that is none', '{"action":"increment","by":1e400}', 'BAD_AMOUNT'],
      ['less than 0 by its sign alone', '{"action":"increment","by":-0}', 'BAD_AMOUNT'],
      ['one above the bound', '{"action":"increment","by":9007199254740992}', 'BAD_AMOUNT'],
      ['what is rounded above it', '{"action":"increment","by":9007199254740993}', 'BAD_AMOUNT'],
      ['what is rounded to it', '{"action":"increment","by":9007199254740990.6}', 'BAD_AMOUNT'],
    ])('refuses %s, and changes nothing', async (_, body, code) => {
      const refused = await put('/refused/counters/likes', body);
      expect(refused).toMatchObject({ status: 400, body: { code } });
      expect((await get('/refused/counters/likes')).body).toMatchObject({ count: 0 });
    });

    it('is exact to 2^53 - 1 up and down, refuses one more, and is as it was then', async () => {
      const path = '/bound/counters/events';
      expect((await put(path, { ...increment, by: MAX })).body).toMatchObject({ count: MAX });
      const more = await put(path, increment);
      expect(more).toMatchObject({ status: 409, body: { code: 'OUT_OF_RANGE' } });
      expect((await get(path)).body).toMatchObject({ count: MAX });
      await put(path, { action: 'decrement', by: MAX });
      expect((await put(path, { action: 'decrement', by: 1 })).status).toBe(409);
      expect((await get(path)).body).toMatchObject({ count: 0 });
    });

    it.each([
      ['a slash', '/a%2Fb/counters/likes', 200, undefined],
      ['a slash in two spellings of one text', '/caf%C3%A9%2Fx/counters/likes', 200, undefined],
      ['a way up', '/%2e%2e%2fetc/counters/likes', 400, 'BAD_PAGE_ID'],
      ['a way up within', '/a%2f%2e%2e%2fb/counters/likes', 400, 'BAD_PAGE_ID'],
      ['a zero byte', '/a%00b/counters/likes', 400, 'BAD_PAGE_ID'],
      ['a line break', '/a%0Ab/counters/likes', 400, 'BAD_PAGE_ID'],
      ['a percent sign', '/a%2520b/counters/likes', 400, 'BAD_PAGE_ID'],
      ['half a character', '/%ed%a0%80/counters/likes', 400, 'BAD_REQUEST'],
      ['257 bytes', `/${'x'.repeat(257)}/counters/likes`, 400, 'BAD_PAGE_ID'],
      ['257 bytes of signs', `/${'%C3%A9'.repeat(128)}x/counters/likes`, 400, 'BAD_PAGE_ID'],
      ['more than anybody names', `/${'x'.repeat(1025)}/counters/likes`, 400, 'BAD_PAGE_ID'],
      ['a name that is none', '/a/counters/no%20name', 400, 'BAD_COUNTER_NAME'],
      ['a name with a slash', '/a/counters/a%2Fb', 400, 'BAD_COUNTER_NAME'],
    ])('is not found by tricks: %s', async (_, path, status, code) => {
      const answer = await raw(path);
      expect(answer.status).toBe(status);
      if (code !== undefined) expect(answer.body).toMatchObject({ code });
    });

    /** As it is written: fetch would resolve dots before it asks. */
    const raw = (path: string) =>
      new Promise<{ status: number; body: unknown }>((resolve, reject) => {
        const { hostname: host, port } = new URL(app.url);
        request({ host, port, path }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }),
          );
        })
          .on('error', reject)
          .end();
      });
  });

  describe('an Idempotency-Key', () => {
    const key = (text: string): Headers => ({ 'idempotency-key': `"${text}"` });

    it('has a change count once, and tells the count as it is now', async () => {
      const path = '/keys/counters/likes';
      const first = await put(path, { ...increment, by: 3 }, key('k1'));
      expect([first.body, first.headers.get('idempotency-replayed')]).toMatchObject([
        { count: 3 },
        null,
      ]);
      await put(path, increment);
      const again = await put(path, { ...increment, by: 3 }, key('k1'));
      expect([again.body, again.headers.get('idempotency-replayed')]).toMatchObject([
        { count: 4 },
        'true',
      ]);
      const other = await put(path, { ...increment, by: 2 }, key('k1'));
      expect(other).toMatchObject({ status: 422, body: { code: 'OPERATION_ID_REUSED' } });
      expect((await get(path)).body).toMatchObject({ count: 4 });
    });

    it('does so on the original API too, and where many come at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => put('/storm/counter', increment, key('s1'))),
      );
      expect(answers.map(({ body }) => body)).toEqual(answers.map(() => answers[0]?.body));
      const replayed = answers.filter(({ headers }) => headers.has('idempotency-replayed'));
      expect([replayed.length, answers[0]?.body]).toMatchObject([19, { count: 1 }]);
    });

    it.each([
      ['without quotes', 'k1'],
      ['nothing', '""'],
      ['a number', '17'],
      ['two', '"a", "b"'],
      ['an end that is missing', '"a'],
      ['a space at its end', '"a "'],
      ['129 characters', `"${'x'.repeat(129)}"`],
    ])('is refused as %s, and nothing is changed', async (_, header) => {
      const refused = await put('/badkey/counter', increment, { 'idempotency-key': header });
      expect(refused).toMatchObject({ status: 400, body: { code: 'BAD_OPERATION_ID' } });
      expect((await get('/badkey/counters/viewers')).body).toMatchObject({ count: 0 });
    });

    it('may have parameters and quoted signs', async () => {
      const header = { 'idempotency-key': '"a\\"b";by=me' };
      expect((await put('/params/counter', increment, header)).status).toBe(200);
      const again = await put('/params/counter', increment, header);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    });

    it('is refused where no more can be kept, and a change without one is made', async () => {
      const path = '/full/counters/likes';
      const changes = Array.from({ length: 101 }, (_, at) => ({
        ...{ page: 'full', name: 'likes', key: `full-${at}` },
        ...increment,
      }));
      await send('POST', '/counters', { changes });
      const { count } = (await get(path)).body as { count: number };
      expect(count).toBeLessThan(101);
      const refused = await put(path, increment, key('one-more'));
      expect(refused).toMatchObject({ status: 503, body: { code: 'OPERATION_IDS_FULL' } });
      expect((await put(path, increment)).body).toMatchObject({ count: count + 1 });
    });
  });

  describe('a validator', () => {
    const path = '/tag/counters/likes';

    it('answers who has the counter with 304 until it changes', async () => {
      await put(path, increment);
      const shown = await get(path);
      const etag = shown.headers.get('etag') ?? '';
      expect(etag).toMatch(/^"1-\d+"$/);
      expect(shown.headers.get('cache-control')).toBe('no-cache');
      for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const same = await get(path, { 'if-none-match': known });
        expect([same.status, same.body, same.headers.get('etag')]).toEqual([304, '', etag]);
      }
      await put('/tag/counters/others', increment);
      expect((await get(path, { 'if-none-match': etag })).status).toBe(304);
      await put(path, increment);
      expect(await get(path, { 'if-none-match': etag })).toMatchObject({
        status: 200,
        body: { count: 2 },
      });
    });

    it('stands beside the JSON of the original API, not beside its page', async () => {
      const data = await get('/tag/counter', { accept: 'application/json' });
      expect(data.headers.get('etag')).toBe('"0-"');
      expect(data.headers.get('vary')).toBe('accept, origin');
      const page = await get('/tag/counter', { accept: 'text/html' });
      expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect([page.headers.get('etag'), page.headers.get('cache-control')]).toEqual([
        null,
        'no-store',
      ]);
    });

    it('is told to HEAD without the counter', async () => {
      const head = await ask(path, { method: 'HEAD' });
      expect([head.status, head.body, head.headers.get('etag')]).toEqual([
        200,
        '',
        (await get(path)).headers.get('etag'),
      ]);
    });
  });

  describe('a wait', () => {
    const path = '/wait/counters/likes';
    const waiting = async () => {
      const metrics = await (await fetch(`${app.internalUrl}/metrics`)).text();
      return Number(/^headcount_requests_waiting\S* (\d+)/m.exec(metrics)?.[1]);
    };
    const begin = async (seconds: number, signal: AbortSignal | null = null) => {
      const etag = (await get(path)).headers.get('etag') ?? '';
      const headers = { 'if-none-match': etag, prefer: `wait=${seconds}` };
      const answer = ask(path, { headers, signal });
      await until(waiting, { what: 'the request to wait', accept: (count) => count === 1 });
      return { answer, etag };
    };

    it('ends when the counter changes, and not when another does', async () => {
      const { answer } = await begin(30);
      await put('/wait/counters/others', increment);
      const raised = await put(path, increment);
      const later = await answer;
      expect(later).toMatchObject({ status: 200, body: raised.body });
      expect(later.headers.get('preference-applied')).toBe('wait=30');
    });

    it('ends with 304 when the time is up', async () => {
      const { answer, etag } = await begin(1);
      const later = await answer;
      expect([
        later.status,
        later.headers.get('etag'),
        later.headers.get('preference-applied'),
      ]).toEqual([304, etag, 'wait=1']);
    });

    it('is answered at once where the counter has changed before', async () => {
      const etag = (await get(path)).headers.get('etag') ?? '';
      await put(path, increment);
      const later = await get(path, { 'if-none-match': etag, prefer: 'wait=30' });
      expect([later.status, later.headers.get('preference-applied')]).toEqual([200, null]);
    });

    it('is not for who does not say what it has', async () => {
      const shown = await get(path, { prefer: 'wait=30' });
      expect([shown.status, shown.headers.get('preference-applied')]).toEqual([200, null]);
    });

    it('is for as many of one caller as it may have, and for another caller all the same', async () => {
      const etag = (await get(path)).headers.get('etag') ?? '';
      const wait = (headers: Headers = {}) =>
        get(path, { 'if-none-match': etag, prefer: 'wait=30', ...headers });
      const held = [wait(), wait()];
      await until(waiting, { what: 'both to wait', accept: (count) => count === 2 });
      const atOnce = await wait();
      expect([atOnce.status, atOnce.headers.get('preference-applied')]).toEqual([304, null]);
      held.push(wait({ 'x-headcount-user': 'bob' }));
      await until(waiting, { what: 'bob to wait', accept: (count) => count === 3 });
      await put(path, increment);
      expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200]);
    });

    it('leaves nothing behind where whoever waits goes away', async () => {
      const away = new AbortController();
      const { answer } = await begin(60, away.signal);
      away.abort();
      await expect(answer).rejects.toThrow();
      await until(waiting, { what: 'nobody to wait', accept: (count) => count === 0 });
    });
  });

  describe('many counters', () => {
    it('are read of many pages', async () => {
      await put('/m1/counters/likes', { ...increment, by: 4 });
      const { body } = await get('/counters?page=m2&page=m1&name=likes');
      expect(body).toEqual({
        counters: [
          { page: 'm2', name: 'likes', count: 0, updated_at: null },
          { page: 'm1', name: 'likes', count: 4, updated_at: expect.stringMatching(/Z$/) },
        ],
      });
      expect((await get('/counters')).body).toEqual({ counters: [] });
      expect((await get('/counters?page=m1')).body).toMatchObject({
        counters: [{ name: 'viewers', count: 0 }],
      });
      expect((await get('/counters?page=a%20b')).body).toMatchObject({ code: 'BAD_PAGE_ID' });
      const many = `/counters?${Array.from({ length: 1001 }, (_, at) => `page=${at}`).join('&')}`;
      expect(await get(many)).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    });

    const item = (page: unknown, more: object = {}) => ({
      page,
      name: 'likes',
      ...increment,
      ...more,
    });

    it('are changed each for itself', async () => {
      const changes = [
        item('b1', { by: 2 }),
        item('a b'),
        item('b1', { name: 'no name' }),
        item('b1', { by: '1' }),
        item('b1', { action: 'explode' }),
        item('b1', { what: 1 }),
        item(7),
        'text',
        item('b1', { action: 'decrement' }),
        item('b2', { by: MAX }),
        item('b2'),
      ];
      const { status, body } = await send('POST', '/counters', { changes });
      expect(status).toBe(200);
      const problem = (code: string) => ({ problem: expect.objectContaining({ code }) });
      const made = (page: string, count: number) => ({
        counter: { page, name: 'likes', count, updated_at: expect.any(String) },
        replayed: false,
      });
      expect(body).toEqual({
        results: [
          made('b1', 2),
          ...['BAD_PAGE_ID', 'BAD_COUNTER_NAME', 'BAD_AMOUNT', 'BAD_ACTION'].map(problem),
          ...['BAD_REQUEST', 'BAD_REQUEST', 'BAD_REQUEST'].map(problem),
          made('b1', 1),
          made('b2', MAX),
          problem('OUT_OF_RANGE'),
        ],
      });
      expect((await get('/b1/counters/likes')).body).toMatchObject({ count: 1 });
    });

    it('are changed once for a key, of each or of all', async () => {
      const changes = [item('k1'), item('k2', { key: 'mine' })];
      const sent = () => send('POST', '/counters', { changes }, { 'idempotency-key': '"batch"' });
      await sent();
      expect((await sent()).body).toMatchObject({
        results: [
          { counter: { count: 1 }, replayed: true },
          { counter: { count: 1 }, replayed: true },
        ],
      });
      const other = [item('k1', { by: 2 }), item('k2', { key: 'mine' })];
      const mixed = await send(
        'POST',
        '/counters',
        { changes: other },
        { 'idempotency-key': '"batch"' },
      );
      expect(mixed.body).toMatchObject({
        results: [{ problem: { code: 'OPERATION_ID_REUSED', status: 422 } }, { replayed: true }],
      });
    });

    it.each([
      ['no list', {}, 'BAD_REQUEST'],
      ['more than it knows', { changes: [], more: 1 }, 'BAD_REQUEST'],
      ['too many', { changes: Array.from({ length: 1001 }, () => item('t')) }, 'BAD_REQUEST'],
      [
        'a number with a point',
        '{"changes":[{"page":"t","action":"increment","by":1.0}]}',
        'BAD_AMOUNT',
      ],
    ])('are refused as %s', async (_, body, code) => {
      expect(await send('POST', '/counters', body)).toMatchObject({ status: 400, body: { code } });
    });
  });

  describe('other origins and methods', () => {
    const ours = { origin: 'https://shop.example' };
    const asks = {
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'idempotency-key',
    };

    it('lets pages of those listed read, and of no other', async () => {
      const { headers } = await get('/cors/counters/likes', ours);
      expect(headers.get('access-control-allow-origin')).toBe(ours.origin);
      expect(headers.get('access-control-expose-headers')).toContain('etag');
      expect(headers.get('vary')).toContain('origin');
      const foreign = await get('/cors/counters/likes', { origin: 'https://evil.example' });
      expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
      const without = await get('/cors/counters/likes');
      expect(without.headers.get('access-control-allow-origin')).toBeNull();
    });

    it('answers the question that a browser asks before', async () => {
      const preflight = (headers: Headers, path = '/cors/counters/likes') =>
        ask(path, { method: 'OPTIONS', headers });
      const allowed = await preflight({ ...ours, ...asks });
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PUT');
      expect(allowed.headers.get('access-control-allow-headers')).toContain('idempotency-key');
      expect(allowed.headers.get('access-control-max-age')).toBe('600');
      const odd = 'apollographql-client-name,baggage,sentry-trace,traceparent,x-requested-with';
      const asking = { ...ours, ...asks, 'access-control-request-headers': odd };
      for (const path of ['/cors/counters/likes', '/graphql']) {
        const names = (await preflight(asking, path)).headers.get('access-control-allow-headers');
        expect(names?.split(', ')).toEqual(expect.arrayContaining(odd.split(',')));
      }
      for (const refused of [
        await preflight({ origin: 'https://evil.example', ...asks }),
        await preflight({ ...ours, ...asks }, '/internal/v1/sync'),
      ])
        expect(refused.headers.get('access-control-allow-origin')).toBeNull();
      const graphql = await preflight({ ...ours, ...asks }, '/graphql');
      expect([graphql.status, graphql.headers.get('access-control-allow-origin')]).toEqual([
        204,
        ours.origin,
      ]);
    });

    it('says which methods there are', async () => {
      const options = (path: string) => ask(path, { method: 'OPTIONS' });
      const one = await options('/cors/counters/likes');
      expect([one.status, one.headers.get('allow')]).toEqual([
        204,
        'GET, HEAD, OPTIONS, POST, PUT',
      ]);
      expect((await options('/cors/counter')).headers.get('allow')).toBe('GET, HEAD, OPTIONS, PUT');
      expect((await options('/counters')).headers.get('allow')).toBe('GET, HEAD, OPTIONS, POST');
      expect((await options('/nowhere/at/all')).status).toBe(404);
      const deleted = await ask('/cors/counters/likes', { method: 'DELETE' });
      expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, PUT']);
    });
  });

  it('gives what it is to programs, and to people on this machine', async () => {
    const { headers, body } = await get('/openapi.json');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toMatchObject({ openapi: '3.1.0', paths: { '/{webpageId}/counters/{name}': {} } });
    const page = await get('/docs');
    expect(page.body).toContain('swagger-ui');
    expect((await get('/docs/swagger-ui-bundle.js')).status).toBe(200);
  });
});
