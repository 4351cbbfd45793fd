/**
 * Goal    where AUTH is jwt, a counter is written by those alone whose token allows it, and read by all.
 * Method  the app as it is, with a private Redis; requests over HTTP with tokens made here.
 */
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis } from '@headcount/testing';
import { startCounterApi } from '../start.js';

const SECRET = 'a secret of at least 32 characters';
const MAX = Number.MAX_SAFE_INTEGER;
const AMOUNT_MAX = 1000;
/** How many paths there are by which a counter is changed by more than one. */
const PATHS = 8;

/** The token of somebody with these rights. */
const tokenWith = (rights: { counters?: string[]; amount?: number }): Promise<string> =>
  new SignJWT({ sub: 'ann', ...rights })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1 hour')
    .sign(Buffer.from(SECRET));

describe('the right to write counters', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      AUTH: 'jwt',
      AMOUNT_MAX: String(AMOUNT_MAX),
      AUTH_JWT_SECRET: SECRET,
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const headersOf = (token: string | null): Record<string, string> => ({
    'content-type': 'application/json',
    ...(token !== null && { authorization: `Bearer ${token}` }),
  });
  const put = async (pageId: string, token: string | null) => {
    const response = await fetch(`${app.url}/${encodeURIComponent(pageId)}/counter`, {
      method: 'PUT',
      headers: headersOf(token),
      body: '{"action":"increment"}',
    });
    return { status: response.status, body: await response.json() };
  };
  const graphql = async (query: string, token: string | null = null) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: headersOf(token),
      body: JSON.stringify({ query }),
    });
    return response.json();
  };
  /** The codes with which each path answers a change by `by`; none: it was made. */
  const everyPath = async (token: string, by: number): Promise<string[]> => {
    const rest = async (method: string, path: string, body: object) => {
      const request = { method, headers: headersOf(token), body: JSON.stringify(body) };
      return JSON.stringify(await (await fetch(app.url + path, request)).json());
    };
    const path = '/amounts/counters/likes';
    const [up, down] = [
      { action: 'increment', by },
      { action: 'decrement', by },
    ];
    const counter = 'pageId: "amounts", name: "likes"';
    const change = (signed: number) =>
      `mutation { incrementCounters(changes: [{ ${counter}, by: ${signed} }]) { error { code } } }`;
    const answers = [
      await rest('PUT', path, up),
      await rest('POST', path, down),
      await rest('POST', '/counters', { changes: [{ page: 'amounts', name: 'likes', ...up }] }),
      await rest('POST', '/counters', { changes: [{ page: 'amounts', name: 'likes', ...down }] }),
      ...(await Promise.all(
        [
          `mutation { incrementCounter(${counter}, by: ${by}) { count } }`,
          `mutation { decrementCounter(${counter}, by: ${by}) { count } }`,
          change(by),
          change(-by),
        ].map(async (query) => JSON.stringify(await graphql(query, token))),
      )),
    ];
    return answers.map((text) => /"code":"(\w+)"/.exec(text)?.[1] ?? 'none');
  };
  const refusal = (code: string) => ({
    errors: [expect.objectContaining({ extensions: expect.objectContaining({ code }) })],
  });

  it('is that of no counter where the token does not say', async () => {
    const token = await tokenWith({});
    expect(await put('closed', token)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const raised = await graphql(
      'mutation { incrementCounter(pageId: "closed") { count } }',
      token,
    );
    expect(raised).toMatchObject(refusal('FORBIDDEN'));
  });

  it('is that of an amount that the token allows, on every path', async () => {
    const [one, five] = [
      await tokenWith({ counters: ['*'] }),
      await tokenWith({ counters: ['*'], amount: 5 }),
    ];
    const bySix = await tokenWith({ counters: ['*'], amount: MAX });
    const refused: string[] = [];
    for (const [token, by] of [
      [one, 2],
      [five, 6],
      [bySix, AMOUNT_MAX + 1],
    ] as const) {
      for (const answer of await everyPath(token, by)) refused.push(answer);
    }
    expect(refused).toEqual([
      ...Array<string>(PATHS).fill('FORBIDDEN'),
      ...Array<string>(PATHS).fill('FORBIDDEN'),
      ...Array<string>(PATHS).fill('BAD_AMOUNT'),
    ]);
    const read = await graphql('{ counter(pageId: "amounts", name: "likes") { count } }');
    expect(read).toEqual({ data: { counter: { count: 0 } } });
    expect(await everyPath(five, 5)).toEqual(Array<string>(PATHS).fill('none'));
  });

  it('is that of the counters that its patterns fit, by PUT', async () => {
    const token = await tokenWith({ counters: ['blog/* viewers'] });
    expect((await put('blog/1', token)).status).toBe(200);
    expect(await put('shop', token)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const other = await tokenWith({ counters: ['likes'] });
    expect(await put('blog/1', other)).toMatchObject({ status: 403 });
  });

  it.each(['incrementCounter', 'decrementCounter'])(
    'is that of the counters that its patterns fit, by %s',
    async (mutation) => {
      const token = await tokenWith({ counters: ['likes', '@site visits'] });
      const write = (pageId: string, name: string) =>
        graphql(`mutation { ${mutation}(pageId: "${pageId}", name: "${name}") { name } }`, token);
      expect(await write('home', 'likes')).toEqual({ data: { [mutation]: { name: 'likes' } } });
      expect(await write('@site', 'visits')).toEqual({ data: { [mutation]: { name: 'visits' } } });
      expect(await write('home', 'visits')).toMatchObject(refusal('FORBIDDEN'));
      expect(await write('home', 'viewers')).toMatchObject(refusal('FORBIDDEN'));
    },
  );

  it('leaves what it refuses as it was', async () => {
    const token = await tokenWith({ counters: [] });
    expect((await put('untouched', token)).status).toBe(403);
    const read = await graphql('{ counter(pageId: "untouched") { count } }');
    expect(read).toEqual({ data: { counter: { count: 0 } } });
  });

  it('is nobody’s without a token, and reading is for everyone', async () => {
    expect(await put('home', null)).toMatchObject({ status: 401 });
    const mutation = 'mutation { incrementCounter(pageId: "home") { count } }';
    expect(await graphql(mutation)).toMatchObject(refusal('UNAUTHENTICATED'));
    const queries =
      '{ counter(pageId: "a") { count } counters(pageIds: ["a"]) { count } site { count } }';
    expect(await graphql(queries)).toEqual({
      data: { counter: { count: 0 }, counters: [{ count: 0 }], site: { count: 0 } },
    });
    const page = await fetch(`${app.url}/a/counter`, { headers: { accept: 'application/json' } });
    expect(page.status).toBe(200);
  });
});
