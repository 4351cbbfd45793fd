/**
 * Goal    the public interfaces of notification behave as the README and the golden file say.
 * Method  the app as it is, on a free port, with a private Redis; requests over HTTP.
 */
import { StartError, type RunningApp } from '@headcount/platform';
import { bucketOf } from '@headcount/protocol';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis, until } from '@headcount/testing';
import { startNotification } from './start.js';

interface Answer {
  readonly data?: { readonly modifyPage?: object; readonly modifications?: number };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

const BUCKETS = 16;

describe('notification', () => {
  let redis: RedisServer;
  let app: RunningApp;
  const settings = (): Record<string, string> => ({
    NOTIFICATION_PORT: '0',
    REDIS_URL: redis.url,
    BUCKETS: String(BUCKETS),
    LOG_LEVEL: 'fatal',
    SIGNING_KEYS: TEST_SIGNING_KEYS,
  });
  beforeAll(async () => {
    redis = await startRedis();
    app = await startNotification(settings());
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const graphql = async (query: string, variables: object): Promise<Answer> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  };
  const modifyPage = (pageId: string, eventId: string): Promise<Answer> =>
    graphql(
      'mutation($input: ModifyPageInput!) { modifyPage(input: $input) { pageId eventId counted } }',
      { input: { pageId, eventId } },
    );
  const modifications = async (pageId: string): Promise<number | undefined> =>
    (await graphql('query($id: ID!) { modifications(pageId: $id) }', { id: pageId })).data
      ?.modifications;
  const post = (pageId: string, body: string, type = 'application/json'): Promise<Response> =>
    fetch(`${app.url}/pages/${encodeURIComponent(pageId)}/modifications`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
  const postEvent = (pageId: string, eventId: string): Promise<Response> =>
    post(pageId, JSON.stringify({ eventId }));

  it('says 0 of a page that was never modified', async () => {
    expect(await modifications('untouched')).toBe(0);
  });

  it('counts an event once, over GraphQL', async () => {
    const first = await modifyPage('home', 'e1');
    expect(first.data?.modifyPage).toEqual({ pageId: 'home', eventId: 'e1', counted: true });
    const again = await modifyPage('home', 'e1');
    expect(again.data?.modifyPage).toEqual({ pageId: 'home', eventId: 'e1', counted: false });
    await modifyPage('home', 'e2');
    expect(await modifications('home')).toBe(2);
  });

  it('counts an event once, over REST and across both interfaces', async () => {
    const first = await postEvent('a/b', 'e1');
    expect(first.status).toBe(201);
    expect(await first.json()).toEqual({ pageId: 'a/b', eventId: 'e1', counted: true });
    const again = await postEvent('a/b', 'e1');
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ pageId: 'a/b', eventId: 'e1', counted: false });
    expect((await modifyPage('a/b', 'e1')).data?.modifyPage).toMatchObject({ counted: false });
    expect(await modifications('a/b')).toBe(1);
  });

  it('counts an event once though it is told a hundred times at the same moment', async () => {
    const told = await Promise.all(Array.from({ length: 100 }, () => postEvent('busy', 'e1')));
    expect(told.map(({ status }) => status).sort()).toEqual([...Array<number>(99).fill(200), 201]);
    expect(await modifications('busy')).toBe(1);
  });

  it('counts an event on every page that it modified, though two of them share a bucket', async () => {
    const pages = Array.from({ length: BUCKETS + 1 }, (_, at) => `shared-${at}`);
    expect(new Set(pages.map((page) => bucketOf(page, BUCKETS))).size).toBeLessThan(pages.length);
    for (const page of pages) expect((await postEvent(page, 'e1')).status).toBe(201);
    expect(await Promise.all(pages.map(modifications))).toEqual(pages.map(() => 1));
  });

  it.each([
    ['bad JSON', 'home', '{', 400, 'BAD_REQUEST'],
    ['no object', 'home', '[]', 400, 'BAD_REQUEST'],
    ['no event id', 'home', '{}', 400, 'BAD_REQUEST'],
    ['an event id that is no text', 'home', '{"eventId":7}', 400, 'BAD_REQUEST'],
    ['an empty event id', 'home', '{"eventId":""}', 400, 'BAD_OPERATION_ID'],
    ['a long event id', 'home', `{"eventId":"${'x'.repeat(129)}"}`, 400, 'BAD_OPERATION_ID'],
    ['a bad page id', 'a b', '{"eventId":"e1"}', 400, 'BAD_PAGE_ID'],
    ['a large body', 'home', `{"eventId":"${'x'.repeat(70_000)}"}`, 413, 'PAYLOAD_TOO_LARGE'],
  ])('refuses %s with problem details', async (_, pageId, body, status, code) => {
    const response = await post(pageId, body);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({ status, code, title: expect.any(String) });
    expect(response.status).toBe(status);
  });

  it('refuses other methods and media types', async () => {
    const got = await fetch(`${app.url}/pages/home/modifications`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await post('home', 'eventId=e1', 'text/plain')).status).toBe(415);
  });

  it.each([
    ['a b', 'e1', 'BAD_PAGE_ID'],
    ['home', '', 'BAD_OPERATION_ID'],
  ])('refuses page "%s" and event "%s" over GraphQL with %s', async (pageId, eventId, code) => {
    const { errors } = await modifyPage(pageId, eventId);
    expect(errors?.map(({ extensions }) => extensions)).toEqual([{ code }]);
  });

  it('keeps what it acknowledged, and knows its events, after Redis was killed and came back', async () => {
    const ready = (): Promise<Response> => fetch(`${app.internalUrl}/health/ready`);
    expect((await postEvent('durable', 'e1')).status).toBe(201);
    await redis.kill9();
    await until(async () => (await ready()).status === 503, { what: 'notification not ready' });
    expect(await (await ready()).text()).toContain('Redis does not answer');
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    const { errors } = await graphql('{ modifications(pageId: "durable") }', {});
    expect(errors?.[0]?.extensions.code).toBe('STORE_UNAVAILABLE');
    // Told while Redis is away: it waits for it and counts.
    const waiting = postEvent('durable', 'e2');
    await redis.restart();
    expect((await waiting).status).toBe(201);
    await until(async () => (await ready()).status === 200, { what: 'notification ready again' });
    expect((await postEvent('durable', 'e1')).status).toBe(200);
    expect(await modifications('durable')).toBe(2);
  });

  it('counts the events in its metrics', async () => {
    await postEvent('measured', 'e1');
    const text = await (await fetch(`${app.internalUrl}/metrics`)).text();
    expect(text).toMatch(/headcount_modification_events_total\{.*outcome="counted".*\} [1-9]/);
  });

  it('lets nobody tell of events without a token where AUTH is jwt, and everybody read', async () => {
    const guarded = await startNotification({
      ...settings(),
      AUTH: 'jwt',
      AUTH_JWT_SECRET: 'x'.repeat(32),
    });
    try {
      const told = await fetch(`${guarded.url}/pages/home/modifications`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"eventId":"e9"}',
      });
      expect(told.status).toBe(401);
      const read = await fetch(`${guarded.url}/graphql?query={modifications(pageId:"home")}`, {
        headers: { 'apollo-require-preflight': 'true' },
      });
      expect(await read.json()).toEqual({ data: { modifications: expect.any(Number) } });
    } finally {
      await guarded.close();
    }
  });

  it('does not start where a setting is wrong, a port taken or Redis away, and says why', async () => {
    await expect(
      startNotification({ ...settings(), NOTIFICATION_PORT: 'x' }),
    ).rejects.toMatchObject({
      name: 'ConfigError',
      faults: [expect.stringContaining('NOTIFICATION_PORT must be')],
    });
    await expect(
      startNotification({ ...settings(), NOTIFICATION_PORT: String(app.port) }),
    ).rejects.toThrow(StartError);
    await expect(
      startNotification({ ...settings(), REDIS_URL: 'unix:///nowhere/redis.sock' }),
    ).rejects.toThrow(/^Redis at REDIS_URL does not answer/);
  });
});
