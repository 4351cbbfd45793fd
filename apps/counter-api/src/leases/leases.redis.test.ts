/**
 * Goal    a viewer without a socket is counted while its lease lasts, over REST and GraphQL alike, and by whom the token allows it.
 * Method  the app as it is, with a private Redis; requests over HTTP. Leases of a second run out by themselves.
 */
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import {
  TEST_SIGNING_KEYS,
  freePort,
  type RedisServer,
  startRedis,
  until,
} from '@headcount/testing';
import { KEYS, TestGateway } from '../intake/testing/test-gateway.js';
import { startCounterApi } from '../start.js';

const SECRET = 'a secret of at least 32 characters';
const LEASES_MAX = 5;
const LEASES_PER_VIEWER_MAX = 3;

describe('leases of viewers', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let guarded: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    const settings = {
      ...{ COUNTER_API_PORT: '0', DATAGRAM_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      LEASES_MAX: String(LEASES_MAX),
      LEASES_PER_VIEWER_MAX: String(LEASES_PER_VIEWER_MAX),
      SIGNING_KEYS: TEST_SIGNING_KEYS,
    };
    app = await startCounterApi(settings);
    guarded = await startCounterApi({ ...settings, AUTH: 'jwt', AUTH_JWT_SECRET: SECRET });
  });
  afterAll(async () => {
    await guarded.close();
    await app.close();
    await redis.stop();
  });

  const put = async (page: string, body: object, token?: string) => {
    const response = await fetch(`${token ? guarded.url : app.url}/${page}/counter`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const countOf = async (page: string): Promise<unknown> => {
    const response = await fetch(`${app.url}/${page}/counter`, {
      headers: { accept: 'application/json' },
    });
    return ((await response.json()) as { count: number }).count;
  };
  const graphql = async (query: string, token?: string) => {
    const response = await fetch(`${token ? guarded.url : app.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as {
      readonly data?: Record<string, Record<string, unknown>>;
      readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
    };
  };
  const tokenOf = (claims: object): Promise<string> =>
    new SignJWT({ sub: 'ann', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1 hour')
      .sign(Buffer.from(SECRET));
  const lease = (page: string, viewer: string, ttl?: number) =>
    put(page, { action: 'increment', viewer, ...(ttl !== undefined && { ttl }) });
  const end = (page: string, viewer: string) => put(page, { action: 'decrement', viewer });
  const endAll = async (...places: (readonly [page: string, viewer: string])[]) => {
    for (const [page, viewer] of places) await end(page, viewer);
  };

  it('count a viewer once, however often it is renewed, until it is ended', async () => {
    const { status, body } = await lease('home', 'ann');
    expect([status, body]).toEqual([
      200,
      { count: 1, updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) },
    ]);
    expect((await lease('home', 'ann', 60)).body).toMatchObject({ count: 1 });
    expect((await lease('home', 'bob')).body).toMatchObject({ count: 2 });
    expect(await countOf('home')).toBe(2);
    expect((await end('home', 'ann')).body).toMatchObject({ count: 1 });
    expect((await end('home', 'ann')).body).toMatchObject({ count: 1 });
    expect((await end('home', 'bob')).body).toMatchObject({ count: 0 });
  });

  it('add up with what a PUT without a viewer counts', async () => {
    expect((await put('sum', { action: 'increment' })).body).toMatchObject({ count: 1 });
    expect((await lease('sum', 'ann')).body).toMatchObject({ count: 2 });
    expect((await end('sum', 'ann')).body).toMatchObject({ count: 1 });
  });

  it('count a viewer of several pages once on the whole website', async () => {
    await lease('a', 'ann');
    await lease('b', 'ann');
    await lease('@site', 'ann');
    expect(await countOf('@site')).toBe(1);
    await lease('b', 'bob');
    expect(await countOf('@site')).toBe(2);
    await endAll(['a', 'ann'], ['b', 'bob']);
    expect(await countOf('@site')).toBe(1);
    await endAll(['b', 'ann'], ['@site', 'ann']);
    expect(await countOf('@site')).toBe(0);
  });

  it('run out by themselves', async () => {
    expect((await lease('brief', 'ann', 1)).body).toMatchObject({ count: 1 });
    await until(async () => (await countOf('brief')) === 0, { what: 'the lease to run out' });
    await until(async () => (await countOf('@site')) === 0, { what: 'it to leave the website' });
  });

  it('are as many as LEASES_MAX, and those that are there can be renewed', async () => {
    const viewers = Array.from({ length: LEASES_MAX }, (_, at) => `v${at}`);
    for (const viewer of viewers) expect((await lease('full', viewer)).status).toBe(200);
    const refused = await lease('elsewhere', 'one-more');
    expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY']);
    expect(await countOf('elsewhere')).toBe(0);
    expect((await lease('full', 'v0')).status).toBe(200);
    await end('full', 'v0');
    expect((await lease('elsewhere', 'one-more')).status).toBe(200);
    await endAll(['elsewhere', 'one-more'], ...viewers.map((viewer) => ['full', viewer] as const));
    expect(await countOf('@site')).toBe(0);
  });

  it('are as many of one viewer as it may have, whoever asks for it, and leave the rest to others', async () => {
    const [ann, bob] = [await tokenOf({}), await tokenOf({ sub: 'bob' })];
    const backEnd = await tokenOf({ sub: 'cms', scope: 'users:act' });
    const own = { action: 'increment', viewer: null };
    const pages = Array.from({ length: LEASES_PER_VIEWER_MAX }, (_, at) => `quota-${at}`);
    for (const page of pages) expect((await put(page, own, ann)).status).toBe(200);
    const refusals = [
      await put('quota-more', own, ann),
      await put('quota-more', { action: 'increment', viewer: 'ann' }, backEnd),
    ];
    for (const { status, body } of refusals) {
      expect([status, body.code]).toEqual([429, 'TOO_MANY']);
      expect(body.detail).toContain('LEASES_PER_VIEWER_MAX');
    }
    expect(await countOf('quota-more')).toBe(0);
    expect((await put('quota-0', own, ann)).status).toBe(200);
    expect((await put('quota-more', own, bob)).status).toBe(200);
    const byBackEnd = { action: 'increment', viewer: 'cid' };
    expect((await put('quota-more', byBackEnd, backEnd)).status).toBe(200);
    await endAll(
      ...pages.map((page) => [page, 'ann'] as const),
      ...['bob', 'cid'].map((viewer) => ['quota-more', viewer] as const),
    );
    expect(await countOf('@site')).toBe(0);
  });

  it.each([
    ['no viewer id', { action: 'increment', viewer: '' }, 400, 'BAD_VIEWER_ID'],
    ['a viewer that is no text', { action: 'increment', viewer: 7 }, 400, 'BAD_VIEWER_ID'],
    ['a tab in a viewer id', { action: 'increment', viewer: 'a\tb' }, 400, 'BAD_VIEWER_ID'],
    ['nobody', { action: 'increment', viewer: null }, 400, 'BAD_REQUEST'],
    ['no time at all', { action: 'increment', viewer: 'ann', ttl: 0 }, 400, 'BAD_REQUEST'],
    ['too long a time', { action: 'increment', viewer: 'ann', ttl: 3601 }, 400, 'BAD_REQUEST'],
    ['half a second', { action: 'increment', viewer: 'ann', ttl: 0.5 }, 400, 'BAD_REQUEST'],
    [
      'a time that is a text',
      { action: 'increment', viewer: 'ann', ttl: '30' },
      400,
      'BAD_REQUEST',
    ],
    ['another action', { action: 'explode', viewer: 'ann' }, 400, 'BAD_ACTION'],
    ['no action', { viewer: 'ann' }, 400, 'BAD_ACTION'],
  ])('are refused for %s, and nothing changes', async (_, body, status, code) => {
    const refused = await put('refused', body);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(await countOf('refused')).toBe(0);
  });

  it('are the same over GraphQL', async () => {
    const leased = await graphql(
      'mutation { leaseViewer(pageId: "twin", viewer: "ann") { pageId name count connections } }',
    );
    expect(leased.data?.leaseViewer).toEqual({
      ...{ pageId: 'twin', name: 'viewers', count: 1, connections: 0 },
    });
    expect((await lease('twin', 'ann')).body).toMatchObject({ count: 1 });
    const ended = await graphql('mutation { endLease(pageId: "twin", viewer: "ann") { count } }');
    expect(ended.data?.endLease).toEqual({ count: 0 });
    const refused = await graphql(
      'mutation { leaseViewer(pageId: "twin", viewer: "ann", ttlSeconds: 3601) { count } }',
    );
    expect(refused.errors?.[0]?.extensions.code).toBe('BAD_REQUEST');
  });

  it('are for whoever may view the page, as itself', async () => {
    const ann = await tokenOf({ pages: ['open*'], counters: [] });
    expect((await put('open', { action: 'increment', viewer: 'ann' }, ann)).status).toBe(200);
    expect((await put('open', { action: 'increment', viewer: null }, ann)).body).toMatchObject({
      count: 1,
    });
    const refusals = [
      await put('closed', { action: 'increment', viewer: 'ann' }, ann),
      await put('open', { action: 'increment', viewer: 'bob' }, ann),
      await put('open', { action: 'decrement', viewer: 'bob' }, ann),
      await put('open', { action: 'increment' }, ann),
    ];
    expect(refusals.map(({ status, body }) => [status, body.code])).toEqual(
      Array(4).fill([403, 'FORBIDDEN']),
    );
    const itself = await graphql('mutation { endLease(pageId: "open") { count } }', ann);
    expect(itself.data?.endLease).toEqual({ count: 0 });
    const backEnd = await tokenOf({ scope: 'users:act' });
    const byOther = { action: 'increment', viewer: 'bob' };
    expect((await put('open', byOther, backEnd)).body).toMatchObject({ count: 1 });
    await put('open', { action: 'decrement', viewer: 'bob' }, backEnd);
  });
});

describe('leases of several regions', () => {
  const apps: RunningApp[] = [];
  const servers: RedisServer[] = [];
  beforeAll(async () => {
    const ports = { a: await freePort(), b: await freePort() };
    for (const [name, peer] of [['a', 'b'] as const, ['b', 'a'] as const]) {
      const redis = await startRedis();
      servers.push(redis);
      apps.push(
        await startCounterApi({
          ...{
            COUNTER_API_PORT: '0',
            COUNTER_API_INTERNAL_PORT: String(ports[name]),
            DATAGRAM_PORT: '0',
            LOG_LEVEL: 'fatal',
          },
          ...{
            REDIS_URL: redis.url,
            REGION: name,
            PEERS: `${peer}=http://127.0.0.1:${ports[peer]}`,
          },
          ...{ SYNC_INTERVAL_MS: '200', TICK_MS: '20', BUCKETS: '4' },
          GATEWAY_URLS: 'http://127.0.0.1:*',
          SIGNING_KEYS: KEYS.map(({ id, secret }) => `${id}:${secret}`).join(),
        }),
      );
    }
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    for (const redis of servers) await redis.stop();
  });

  it('are seen in each of them, live by gateways, and gone from each when they end', async () => {
    const change = (app: RunningApp | undefined, body: object) =>
      fetch(`${app?.url}/home/counter`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const everywhere = (page: string, count: number) =>
      until(
        async () => {
          const answers = apps.map(async ({ url }) => {
            const response = await fetch(`${url}/${page}/counter`, {
              headers: { accept: 'application/json' },
            });
            return ((await response.json()) as { count: number }).count;
          });
          return (await Promise.all(answers)).every((shown) => shown === count);
        },
        { what: `${count} on ${page} in both regions`, timeoutMs: 15_000 },
      );
    const gateway = await new TestGateway(apps[1]?.internalUrl ?? '').open();
    try {
      await gateway.sync([], { buckets: 4 });
      await gateway.interest([['home', 'viewers']], { whole: true });
      await change(apps[0], { action: 'increment', viewer: 'ann', ttl: 3600 });
      await until(
        async () => {
          // Whoever does not sync is reaped.
          await gateway.sync([], { buckets: 4 });
          const pushed = gateway.pushes.flatMap(({ values }) => values);
          return pushed.some(([page, , count]) => page === 'home' && count === 1);
        },
        { what: 'a gateway of the other region to be told', timeoutMs: 15_000 },
      );
    } finally {
      await gateway.close();
    }
    await change(apps[0], { action: 'increment', viewer: 'cid', ttl: 3600 });
    await change(apps[1], { action: 'increment', viewer: 'bob', ttl: 3600 });
    // She runs out by herself.
    await change(apps[0], { action: 'increment', viewer: 'ann', ttl: 1 });
    await everywhere('home', 2);
    await everywhere('@site', 2);
    await change(apps[0], { action: 'decrement', viewer: 'cid' });
    await change(apps[1], { action: 'decrement', viewer: 'bob' });
    await everywhere('home', 0);
    await everywhere('@site', 0);
  });
});
