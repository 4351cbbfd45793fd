/**
 * Goal    limits are kept to the unit over REST and GraphQL, and counter-api holds its own callers to those of its settings.
 * Method  the app as it is, with a private Redis; requests over HTTP, many at once. Whether a window is exact as time goes by is
 *         the property of limit.store.
 */
import { Redis } from 'ioredis';
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis } from '@headcount/testing';
import { startCounterApi } from '../start.js';

const SECRET = 'a secret of at least 32 characters';

const tokenOf = (sub: string, claims: object = {}): Promise<string> =>
  new SignJWT({ sub, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1 hour')
    .sign(Buffer.from(SECRET));

const json = (token?: string): Record<string, string> => ({
  'content-type': 'application/json',
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
});

describe('limits', () => {
  let redis: RedisServer;
  /** With no setting of its own. */
  let app: RunningApp;
  const others: RunningApp[] = [];
  const start = async (settings: Record<string, string>): Promise<RunningApp> => {
    const started = await startCounterApi({
      ...{ COUNTER_API_PORT: '0', DATAGRAM_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      ...settings,
    });
    others.push(started);
    return started;
  };
  beforeAll(async () => {
    redis = await startRedis();
    app = await start({});
  });
  afterAll(async () => {
    for (const started of others) await started.close();
    await redis.stop();
  });

  const allow = (app: RunningApp, key: string, body: unknown, token?: string) =>
    fetch(`${app.url}/limits/${encodeURIComponent(key)}`, {
      method: 'POST',
      headers: json(token),
      body: JSON.stringify(body),
    });
  const graphql = (app: RunningApp, query: string, headers: Record<string, string> = {}) =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...json(), ...headers },
      body: JSON.stringify({ query }),
    });

  it('say what is left, in the document and in the fields of the draft', async () => {
    const taken = await allow(app, 'said', { limit: 2, windowSeconds: 3600 });
    expect([taken.status, await taken.json()]).toEqual([
      200,
      { allowed: true, remaining: 1, resetSeconds: expect.any(Number), retryAfterSeconds: null },
    ]);
    expect(taken.headers.get('ratelimit-policy')).toBe('"default";q=2;w=3600');
    expect(taken.headers.get('ratelimit')).toMatch(/^"default";r=1;t=3\d{3}$/);
    expect(taken.headers.get('retry-after')).toBeNull();
    await allow(app, 'said', { limit: 2, windowSeconds: 3600 });
    const over = await allow(app, 'said', { limit: 2, windowSeconds: 3600 });
    const body = (await over.json()) as { retryAfterSeconds: number };
    expect([over.status, body]).toMatchObject([200, { allowed: false, remaining: 0 }]);
    expect(over.headers.get('retry-after')).toBe(String(body.retryAfterSeconds));
    expect(body.retryAfterSeconds).toBeGreaterThan(0);
  });

  it('are exact however many ask at once, of two apps', async () => {
    const both = [app, await start({})];
    const asked = await Promise.all(
      Array.from({ length: 60 }, async (_, at) => {
        const one = both[at % 2] ?? app;
        const response = await allow(one, 'crowd', { limit: 25, windowSeconds: 3600 });
        return ((await response.json()) as { allowed: boolean }).allowed;
      }),
    );
    expect(asked.filter(Boolean)).toHaveLength(25);
  });

  it('take all of a cost or nothing, and with none they only look', async () => {
    const ask = async (cost: number) => {
      const response = await allow(app, 'cost', { limit: 10, windowSeconds: 60, cost });
      return (await response.json()) as Record<string, unknown>;
    };
    expect(await ask(7)).toMatchObject({ allowed: true, remaining: 3 });
    expect(await ask(4)).toMatchObject({ allowed: false, remaining: 3 });
    expect(await ask(0)).toMatchObject({ allowed: true, remaining: 3 });
    expect(await ask(11)).toMatchObject({ allowed: false, retryAfterSeconds: null });
    expect(await ask(3)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('are the same over GraphQL', async () => {
    const ask = async (args: string) => {
      const query = `mutation { allow(${args}) { allowed remaining resetSeconds retryAfterSeconds } }`;
      return (await graphql(app, query)).json();
    };
    expect(await ask('key: "twin", limit: 9007199254740991, windowSeconds: 60')).toEqual({
      data: {
        allow: {
          ...{ allowed: true, remaining: Number.MAX_SAFE_INTEGER - 1 },
          ...{ resetSeconds: expect.any(Number), retryAfterSeconds: null },
        },
      },
    });
    expect(await ask('key: "twin", limit: 1, windowSeconds: 60')).toMatchObject({
      data: { allow: { allowed: false, remaining: 0 } },
    });
    expect(await ask('key: "twin", limit: 0, windowSeconds: 60')).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it.each([
    ['no limit', 'k', { windowSeconds: 60 }],
    ['no window', 'k', { limit: 1 }],
    ['a limit of 0', 'k', { limit: 0, windowSeconds: 60 }],
    ['half a limit', 'k', { limit: 1.5, windowSeconds: 60 }],
    ['a limit that is a text', 'k', { limit: '1', windowSeconds: 60 }],
    ['a window of more than 31 days', 'k', { limit: 1, windowSeconds: 2_678_401 }],
    ['a cost below 0', 'k', { limit: 1, windowSeconds: 60, cost: -1 }],
    ['a key that no page id could be', 'a b', { limit: 1, windowSeconds: 60 }],
    ['no object', 'k', [1]],
  ])('are refused for %s', async (_, key, body) => {
    const refused = await allow(app, key, body);
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('need the scope limits:take, and a token that is for the key as for a page', async () => {
    const guarded = await start({ AUTH: 'jwt', AUTH_JWT_SECRET: SECRET });
    const body = { limit: 1, windowSeconds: 60 };
    const statusOf = async (key: string, token?: string) =>
      (await allow(guarded, key, body, token)).status;
    const may = await tokenOf('api', { scope: 'limits:take', pages: ['mine/*'] });
    expect(await statusOf('mine/1', may)).toBe(200);
    expect(await statusOf('theirs', may)).toBe(403);
    expect(await statusOf('mine/1', await tokenOf('api', { counters: ['*', '* limits'] }))).toBe(
      403,
    );
    expect(await statusOf('mine/1')).toBe(401);
  });

  it('are new to a caller as often as it may begin some, kind by kind', async () => {
    const guarded = await start({
      ...{ AUTH: 'jwt', AUTH_JWT_SECRET: SECRET, LIMITS_PER_CALLER_MAX: '2' },
    });
    const tokens = await Promise.all(
      ['gate', 'shop'].map((sub) => tokenOf(sub, { scope: 'limits:take', pages: ['*'] })),
    );
    const [gate, shop] = tokens;
    const statusOf = async (key: string, token?: string, windowSeconds = 60, cost = 1) =>
      (await allow(guarded, key, { limit: 2, windowSeconds, cost }, token)).status;
    expect([await statusOf('n1', gate), await statusOf('n2', gate)]).toEqual([200, 200]);
    const refused = await allow(guarded, 'n3', { limit: 2, windowSeconds: 60 }, gate);
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { code: 'TOO_MANY', detail: expect.stringContaining('LIMITS_PER_CALLER_MAX') },
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Another window of the same kind is another limit, one of another kind is counted apart.
    expect([await statusOf('n1', gate, 30), await statusOf('n1', gate, 61)]).toEqual([429, 200]);
    // What is there goes on, a look and a cost beyond the limit begin nothing, and others are not concerned.
    expect([await statusOf('n1', gate), await statusOf('n1', gate)]).toEqual([200, 200]);
    expect([await statusOf('n4', gate, 60, 0), await statusOf('n4', gate, 60, 3)]).toEqual([
      200, 200,
    ]);
    expect(await statusOf('n3', shop)).toBe(200);
    const client = new Redis(redis.url);
    try {
      expect(await client.keys('hc:limit:{key n*')).toHaveLength(4);
    } finally {
      client.disconnect();
    }
  });

  describe('of counter-api itself', () => {
    const read = (app: RunningApp, headers: Record<string, string> = {}) =>
      fetch(`${app.url}/home/counter`, { headers: { accept: 'application/json', ...headers } });

    it('hold an address to its requests, over REST and GraphQL together', async () => {
      const held = await start({ RATE_LIMIT_PER_ADDRESS: '4/3600' });
      const first = await read(held);
      expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([
        200,
        '"address";q=4;w=3600',
      ]);
      expect(first.headers.get('ratelimit')).toMatch(/^"address";r=3;t=\d+$/);
      const both = await allow(held, 'both', { limit: 9, windowSeconds: 60 });
      expect(both.headers.get('ratelimit-policy')).toBe('"address";q=4;w=3600, "default";q=9;w=60');
      expect(both.headers.get('ratelimit')).toMatch(/^"address";r=2;t=\d+, "default";r=8;t=\d+$/);
      // One request is one, whatever it holds.
      const many = '{ a: counter(pageId: "a") { count } b: counter(pageId: "b") { count } }';
      expect((await graphql(held, many)).status).toBe(200);
      expect((await fetch(`${held.url}/nowhere`)).status).toBe(404);
      const refused = await read(held);
      expect([refused.status, refused.headers.get('content-type')]).toEqual([
        429,
        expect.stringMatching(/^application\/problem\+json/),
      ]);
      expect(await refused.json()).toMatchObject({ status: 429, code: 'TOO_MANY' });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.headers.get('x-content-type-options')).toBe('nosniff');
      const inGraphql = await graphql(held, '{ site { count } }');
      expect([inGraphql.status, await inGraphql.json()]).toMatchObject([
        429,
        { errors: [{ extensions: { code: 'TOO_MANY' } }] },
      ]);
      const asked = await graphql(held, '{ site { count } }', {
        accept: 'application/graphql-response+json',
      });
      expect(asked.headers.get('content-type')).toMatch(/^application\/graphql-response\+json/);
      // Whoever watches over the app is not held to it.
      expect((await fetch(`${held.url}/health/live`)).status).toBe(200);
      expect((await fetch(`${held.internalUrl}/metrics`)).status).toBe(200);
    });

    it('hold each caller to his own requests, and nobody to those of who he only says he is', async () => {
      const held = await start({
        ...{ AUTH: 'jwt', AUTH_JWT_SECRET: SECRET },
        RATE_LIMIT_PER_CALLER: '2/3600',
      });
      const bearer = async (sub: string) => ({ authorization: `Bearer ${await tokenOf(sub)}` });
      const statusOf = async (headers: Record<string, string>) =>
        (await read(held, headers)).status;
      const ann = await bearer('ann');
      expect([await statusOf(ann), await statusOf(ann), await statusOf(ann)]).toEqual([
        200, 200, 429,
      ]);
      expect(await statusOf(await bearer('bob'))).toBe(200);
      const forged = { authorization: `${ann.authorization}x`, 'x-headcount-user': 'bob' };
      for (let turn = 0; turn < 4; turn += 1) expect(await statusOf(forged)).toBe(200);
      expect(await statusOf(await bearer('bob'))).toBe(200);
      expect(await statusOf(await bearer('bob'))).toBe(429);
    });
  });
});
