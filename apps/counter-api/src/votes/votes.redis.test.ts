/**
 * Goal    a voter counts once over GraphQL and REST, may change its vote and take it back, and acts for itself alone.
 * Method  the app as it is, with a private Redis; once without tokens, once with tokens made here.
 */
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis } from '@headcount/testing';
import { startCounterApi } from '../start.js';

const SECRET = 'a secret of at least 32 characters';

type Headers = Readonly<Record<string, string>>;

describe('votes', () => {
  let redis: RedisServer;
  const apps = new Map<'off' | 'jwt', RunningApp>();
  beforeAll(async () => {
    redis = await startRedis();
    for (const auth of ['off', 'jwt'] as const) {
      const app = await startCounterApi({
        ...{ COUNTER_API_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal', AUTH: auth },
        SIGNING_KEYS: TEST_SIGNING_KEYS,
        ...(auth === 'jwt' && { AUTH_JWT_SECRET: SECRET, VOTED_COUNTERS: 'likes,poll' }),
      });
      apps.set(auth, app);
    }
  });
  afterAll(async () => {
    for (const app of apps.values()) await app.close();
    await redis.stop();
  });

  const as = async (
    sub: string,
    rights: { scope?: string; counters?: string[]; votes?: string[] } = {},
  ) => {
    const token = await new SignJWT({ sub, ...rights })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1 hour')
      .sign(Buffer.from(SECRET));
    return { authorization: `Bearer ${token}` };
  };
  const urlOf = (headers: Headers): string =>
    apps.get('authorization' in headers ? 'jwt' : 'off')?.url ?? '';
  const graphql = async (query: string, headers: Headers = {}) => {
    const response = await fetch(`${urlOf(headers)}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    return response.json();
  };
  const rest = async (
    method: string,
    [page, name, voter]: readonly [string, string, string],
    { body, headers = {} }: { body?: object; headers?: Headers } = {},
  ) => {
    const path = `${encodeURIComponent(page)}/counters/${name}/voters/${encodeURIComponent(voter)}`;
    const response = await fetch(`${urlOf(headers)}/${path}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return [response.status, await response.json()];
  };
  const count = async (pageId: string, name: string): Promise<number> => {
    const query = `{ counter(pageId: "${pageId}", name: "${name}") { count } }`;
    return ((await graphql(query)) as { data: { counter: { count: number } } }).data.counter.count;
  };
  const refusal = (code: string) => ({
    errors: [expect.objectContaining({ extensions: expect.objectContaining({ code }) })],
  });

  it('count once each, change and are taken back over GraphQL', async () => {
    const vote = (choice: string, voter: string) =>
      graphql(`mutation { vote(pageId: "a", name: "poll", choice: "${choice}", voter: "${voter}") {
        voter choice voted changed counter { name count } } }`);
    const shown = (choice: string, changed: boolean, sum: number) => ({
      data: {
        vote: {
          ...{ voter: 'ann', choice, voted: true, changed },
          counter: { name: 'poll', count: sum },
        },
      },
    });
    expect(await vote('red', 'ann')).toEqual(shown('red', true, 1));
    expect(await vote('red', 'ann')).toEqual(shown('red', false, 1));
    await vote('red', 'bob');
    expect(await vote('blue', 'ann')).toEqual(shown('blue', true, 2));
    expect([await count('a', 'poll:red'), await count('a', 'poll:blue')]).toEqual([1, 1]);
    const asked = '{ vote(pageId: "a", name: "poll", voter: "bob") { choice voted changed } }';
    expect(await graphql(asked)).toEqual({
      data: { vote: { choice: 'red', voted: true, changed: false } },
    });
    const unvote = `mutation { unvote(pageId: "a", name: "poll") {
      voter choice voted changed counter { count version } } }`;
    expect(await graphql(unvote, { 'x-headcount-user': 'bob' })).toEqual({
      data: {
        unvote: {
          ...{ voter: 'bob', choice: null, voted: false, changed: true },
          counter: { count: 1, version: expect.any(String) },
        },
      },
    });
    expect(await count('a', 'poll:red')).toBe(0);
  });

  it('do the same over REST', async () => {
    const ann = ['b/c', 'likes', 'änn/1'] as const;
    expect(await rest('GET', ann)).toEqual([200, { voted: false, choice: null, count: 0 }]);
    const voted = { voted: true, choice: null, count: 1 };
    expect(await rest('PUT', ann)).toEqual([200, { ...voted, changed: true }]);
    expect(await rest('PUT', ann, { body: {} })).toEqual([200, { ...voted, changed: false }]);
    expect(await rest('GET', ann)).toEqual([200, voted]);
    const red = { body: { choice: 'red' } };
    expect(await rest('PUT', ann, red)).toEqual([200, { ...voted, choice: 'red', changed: true }]);
    const gone = { voted: false, choice: null, count: 0 };
    expect(await rest('DELETE', ann)).toEqual([200, { ...gone, changed: true }]);
    expect(await rest('DELETE', ann)).toEqual([200, { ...gone, changed: false }]);
  });

  it('count all who vote at the same time', async () => {
    const voters = Array.from({ length: 60 }, (_, nth) => `v${nth}`);
    const all = [...voters, ...voters];
    const answers = await Promise.all(all.map((who) => rest('PUT', ['busy', 'likes', who])));
    expect(answers.filter(([, body]) => (body as { changed: boolean }).changed).length).toBe(60);
    expect(await count('busy', 'likes')).toBe(60);
  });

  it.each([
    ['page', ['a b', 'likes', 'ann'], {}, 'BAD_PAGE_ID'],
    ['counter', ['refused', '1', 'ann'], {}, 'BAD_COUNTER_NAME'],
    ['voter', ['refused', 'likes', 'x'.repeat(129)], {}, 'BAD_VIEWER_ID'],
    ['choice', ['refused', 'likes', 'ann'], { choice: 'a b' }, 'BAD_REQUEST'],
    ['choice that is empty', ['refused', 'likes', 'ann'], { choice: '' }, 'BAD_REQUEST'],
    ['choice that is no text', ['refused', 'likes', 'ann'], { choice: 1 }, 'BAD_REQUEST'],
    [
      ...['choice that is too long for its counter', ['refused', 'l'.repeat(60), 'ann']],
      ...[{ choice: 'green' }, 'BAD_COUNTER_NAME'],
    ],
    ['field', ['refused', 'likes', 'ann'], { chioce: 'red' }, 'BAD_REQUEST'],
  ] as [string, [string, string, string], object, string][])(
    'are refused with a bad %s, and nothing changes',
    async (_, path, body, code) => {
      expect(await rest('PUT', path, { body })).toEqual([
        400,
        expect.objectContaining({ code, type: expect.any(String) }),
      ]);
      expect(await count('refused', 'likes')).toBe(0);
    },
  );

  it('are cast by whoever says who it is', async () => {
    const vote = 'mutation { vote(pageId: "who", name: "likes") { voter } }';
    expect(await graphql(vote)).toMatchObject(refusal('BAD_REQUEST'));
    expect(await graphql(vote, { 'x-headcount-user': 'ann' })).toEqual({
      data: { vote: { voter: 'ann' } },
    });
  });

  it('are those of the subject of a token, and of anybody with users:act', async () => {
    const vote = (voter: string | null) =>
      `mutation { vote(pageId: "d", name: "likes"${voter === null ? '' : `, voter: "${voter}"`}) {
        voter counter { count } } }`;
    const ann = await as('ann');
    const voted = (voter: string, sum: number) => ({
      data: { vote: { voter, counter: { count: sum } } },
    });
    expect(await graphql(vote(null), ann)).toEqual(voted('ann', 1));
    expect(await graphql(vote('ann'), ann)).toEqual(voted('ann', 1));
    expect(await graphql(vote('bob'), ann)).toMatchObject(refusal('FORBIDDEN'));
    const backEnd = await as('back end', { scope: 'users:act' });
    expect(await graphql(vote('bob'), backEnd)).toEqual(voted('bob', 2));
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(await rest(method, ['d', 'likes', 'bob'], { headers: ann })).toEqual([
        403,
        expect.objectContaining({ code: 'FORBIDDEN' }),
      ]);
      const none = { authorization: 'Bearer none' };
      expect((await rest(method, ['d', 'likes', 'ann'], { headers: none }))[0]).toBe(401);
    }
    expect(await count('d', 'likes')).toBe(2);
  });

  it('are cast only on counters that the token may write', async () => {
    const headers = await as('ann', { votes: ['likes'] });
    expect((await rest('PUT', ['e', 'likes', 'ann'], { headers }))[0]).toBe(200);
    for (const method of ['PUT', 'DELETE'])
      expect((await rest(method, ['e', 'poll', 'ann'], { headers }))[0]).toBe(403);
    expect((await rest('GET', ['e', 'poll', 'ann'], { headers }))[0]).toBe(200);
  });

  it('of users are all that they may do to VOTED_COUNTERS', async () => {
    const ann = await as('ann', { counters: ['*'] });
    expect((await rest('PUT', ['f', 'poll', 'ann'], { headers: ann, body: {} }))[0]).toBe(200);
    expect((await rest('PUT', ['f', 'visits', 'ann'], { headers: ann }))[0]).toBe(403);
    const increment = async (name: string, headers: Headers) => {
      const query = `mutation { incrementCounter(pageId: "f", name: "${name}") { count } }`;
      return graphql(query, headers);
    };
    for (const name of ['poll', 'poll:red'])
      expect(await increment(name, ann)).toMatchObject(refusal('FORBIDDEN'));
    const backEnd = await as('back end', { scope: 'users:act', counters: ['poll'] });
    expect(await increment('poll', backEnd)).toEqual({ data: { incrementCounter: { count: 2 } } });
  });
});
