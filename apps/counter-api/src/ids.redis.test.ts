/**
 * Goal    a page or a viewer with an id that IRIs take is the same one by every way in, and what is refused is named alike by all of them.
 * Method  the app as it is, with a private Redis; REST by its short and its whole way, GraphQL by its own two, batches.
 */
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis } from '@headcount/testing';
import { startCounterApi } from './start.js';

interface Answer {
  readonly data?: { readonly counter?: { readonly count: number; readonly pageId: string } } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: object }[];
}

const ROUTE = { prefer: 'the-whole-way' };
const QUERY = 'query($id: ID!) { counter(pageId: $id) { count pageId } }';

describe('an id', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const response = await fetch(app.url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...{ accept: 'application/json', ...headers },
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  const graphql = async (query: string, variables: object): Promise<Answer> =>
    (await ask('POST', '/graphql', { query, variables })).body as Answer;

  it.each([
    'レッド・ツェッペリン',
    'col·lecció/2020–2021/what’s-new',
    'می\u200cخواهم',
    'ශ්\u200dරී',
    '👩🏽\u200d🚀/🏳️\u200d🌈',
  ])('of a page such as %s is one page by every way in', async (page) => {
    const path = `/${encodeURIComponent(page)}`;
    const increment = { action: 'increment' };
    expect((await ask('PUT', `${path}/counter`, increment)).body).toMatchObject({ count: 1 });
    expect((await ask('PUT', `${path}/counter`, increment, ROUTE)).body).toMatchObject({
      count: 2,
    });
    expect((await ask('PUT', `${path}/counters/viewers`, increment)).body).toMatchObject({
      count: 3,
    });
    const { body } = await ask('POST', '/counters', { changes: [{ page, ...increment }] });
    expect(body).toMatchObject({ results: [{ counter: { page, count: 4 } }] });
    await graphql('mutation($id: ID!) { incrementCounter(pageId: $id) { count } }', { id: page });
    for (let time = 0; time < 3; time += 1) {
      expect((await graphql(QUERY, { id: page })).data).toEqual({
        counter: { count: 5, pageId: page },
      });
      expect((await ask('GET', `${path}/counter`)).body).toMatchObject({ count: 5 });
    }
    const list = `/counters?page=${encodeURIComponent(page)}`;
    expect((await ask('GET', list)).body).toMatchObject({ counters: [{ page, count: 5 }] });
  });

  it.each([
    ['a\u200bb', 'U+200B, an invisible character, which is at position 1 '],
    ['caf%C3%A9', 'U+0025, a percent sign: write what it stands for, which is at position 3 '],
    ['a\u200cb', 'U+200C, a joiner outside of a word, which is at position 1 '],
    ['a b', 'U+0020, a space, which is at position 1 '],
    ['ab\u202ec', 'U+202E, a sign that turns the direction of the text, which is at position 2 '],
    ['x'.repeat(257), 'at most 256 bytes'],
  ])('of a page is refused by every way in for what is wrong with it: %s', async (page, reason) => {
    const path = `/${encodeURIComponent(page)}`;
    const increment = { action: 'increment' };
    const refusals = [
      (await ask('PUT', `${path}/counter`, increment)).body,
      (await ask('PUT', `${path}/counter`, increment, ROUTE)).body,
      (await ask('PUT', `${path}/counters/likes`, increment)).body,
      (await ask('GET', `${path}/counter`)).body,
      (await ask('GET', `/counters?page=${encodeURIComponent(page)}`)).body,
    ];
    for (const refusal of refusals)
      expect(refusal).toMatchObject({
        code: 'BAD_PAGE_ID',
        detail: expect.stringContaining(reason),
      });
    const { body } = await ask('POST', '/counters', { changes: [{ page, ...increment }] });
    expect(body).toMatchObject({
      results: [{ problem: { code: 'BAD_PAGE_ID', detail: expect.stringContaining(reason) } }],
    });
    for (let time = 0; time < 3; time += 1)
      expect((await graphql(QUERY, { id: page })).errors).toMatchObject([
        { message: expect.stringContaining(reason), extensions: { code: 'BAD_PAGE_ID' } },
      ]);
  });

  it.each([
    "o'brien",
    'ann lee',
    'a@b',
    'a/b',
    'ann+lee',
    '50%',
    'zoë',
    '👩\u200d🚀',
    'می\u200cخواهم',
  ])(
    'of a voter such as %s is one voter in an address, a body, a header and GraphQL',
    async (voter) => {
      const page = `votes-${Buffer.from(voter).toString('hex')}`;
      const everyByte = [...Buffer.from(voter)]
        .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
        .join('');
      const spellings = [encodeURIComponent(voter), everyByte, everyByte.toUpperCase()];
      const counter = `/${page}/counters/likes`;
      for (const spelling of spellings) {
        const voted = await ask('PUT', `${counter}/voters/${spelling}`, {});
        expect(voted).toMatchObject({ status: 200, body: { count: 1 } });
      }
      const body = { action: 'increment', voter };
      expect((await ask('PUT', counter, body)).body).toMatchObject({ count: 1, changed: false });
      const headers = { 'x-headcount-user': Buffer.from(voter).toString('latin1') };
      const lease = (more: object, by = {}) =>
        ask('PUT', `/${page}/counter`, { action: 'increment', viewer: null, ...more }, by);
      expect((await lease({}, headers)).body).toMatchObject({ count: 1 });
      expect((await lease({ viewer: voter })).body).toMatchObject({ count: 1 });
      const vote =
        'mutation($page: ID!, $voter: ID) { counter: vote(pageId: $page, name: "likes", voter: $voter) { changed } }';
      expect((await graphql(vote, { page, voter })).data).toEqual({ counter: { changed: false } });
    },
  );

  it('of a voter is refused for what is wrong with it, in an address and in a header', async () => {
    const refusal = { code: 'BAD_VIEWER_ID', detail: expect.stringContaining('U+200B, ') };
    const inAddress = await ask(
      'PUT',
      `/home/counters/likes/voters/${encodeURIComponent('a\u200bb')}`,
      {},
    );
    expect(inAddress.body).toMatchObject(refusal);
    const headers = { 'x-headcount-user': Buffer.from('a\u200bb').toString('latin1') };
    const inHeader = await ask('PUT', '/home/counter', { action: 'increment' }, headers);
    expect(inHeader.body).toMatchObject(refusal);
  });
});
