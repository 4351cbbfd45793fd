/**
 * Goal    many counters in one GraphQL request: each for itself where they are changed, together where they are read.
 * Method  the app as it is, with a private Redis; requests over HTTP, reads of Redis counted at the store.
 */
import type { RunningApp } from '@headcount/platform';
import { bucketOf, orThrow, parsePageId } from '@headcount/protocol';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis } from '@headcount/testing';
import { startCounterApi } from '../start.js';
import { STORE, type Store } from '../store/store.js';

const BUCKETS = 4;
const MAX = Number.MAX_SAFE_INTEGER;

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

describe('many counters over GraphQL', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      ...{ COUNTER_API_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      ...{ BUCKETS: String(BUCKETS), CACHED_COUNTERS_MAX: '0' },
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      AMOUNT_MAX: String(MAX),
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  /** `variables` as JSON, which says more than what it is parsed to. */
  async function graphql(query: string, variables: object | string = {}): Promise<Answer> {
    const json = typeof variables === 'string' ? variables : JSON.stringify(variables);
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"query":${JSON.stringify(query)},"variables":${json}}`,
    });
    return (await response.json()) as Answer;
  }
  const codesOf = ({ errors }: Answer) => errors?.map(({ extensions }) => extensions.code);
  const change = async (changes: readonly object[]): Promise<unknown> => {
    const { data } = await graphql(
      `
        mutation ($changes: [CounterChange!]!) {
          incrementCounters(changes: $changes) {
            counter {
              pageId
              name
              count
              change {
                replayed
              }
            }
            error {
              code
              message
            }
          }
        }
      `,
      { changes },
    );
    return data?.incrementCounters;
  };
  const made = (pageId: string, count: number, replayed = false) => ({
    counter: { pageId, name: 'likes', count, change: { replayed } },
    error: null,
  });
  const refused = (code: string) => ({
    counter: null,
    error: { code, message: expect.stringMatching(/\.$/) },
  });

  it('are changed each for itself', async () => {
    const likes = (pageId: string, more: object = {}) => ({ pageId, name: 'likes', ...more });
    const changes = [
      likes('a', { by: 5 }),
      likes('a b'),
      likes('a', { name: 'no name' }),
      likes('a', { by: 0 }),
      likes('a', { opId: '' }),
      likes('a', { by: -2 }),
      likes('b', { by: MAX }),
      likes('b'),
      likes('c', { opId: 'once' }),
      likes('c', { opId: 'once' }),
      likes('c', { opId: 'once', by: 2 }),
    ];
    expect(await change(changes)).toEqual([
      made('a', 5),
      ...['BAD_PAGE_ID', 'BAD_COUNTER_NAME', 'BAD_AMOUNT', 'BAD_OPERATION_ID'].map(refused),
      made('a', 3),
      made('b', MAX),
      refused('OUT_OF_RANGE'),
      made('c', 1),
      made('c', 1, true),
      refused('OPERATION_ID_REUSED'),
    ]);
  });

  it.each([
    ['1.5', 'BAD_USER_INPUT'],
    ['"1"', 'BAD_USER_INPUT'],
    ['true', 'BAD_USER_INPUT'],
    ['1e400', 'BAD_USER_INPUT'],
    ['9007199254740992', 'BAD_USER_INPUT'],
    ['9007199254740993', 'BAD_USER_INPUT'],
    ['-0', 'BAD_AMOUNT'],
    ['0', 'BAD_AMOUNT'],
  ])('are not changed by %s', async (by, code) => {
    const one = 'mutation ($by: SafeInt) { incrementCounter(pageId: "by", by: $by) { count } }';
    expect(codesOf(await graphql(one, `{"by":${by}}`))).toEqual([code]);
    const many = `mutation ($by: SafeInt!) {
      incrementCounters(changes: [{ pageId: "by", by: $by }]) { error { code } }
    }`;
    const { data, errors } = await graphql(many, `{"by":${by}}`);
    if (errors) expect(codesOf({ errors })).toEqual([code]);
    else expect(data?.incrementCounters).toEqual([{ error: { code } }]);
    const { data: shown } = await graphql('{ counter(pageId: "by") { count } }');
    expect(shown).toEqual({ counter: { count: 0 } });
  });

  it('are read of any pages and names, in the order asked', async () => {
    await change([
      { pageId: 'r1', name: 'likes', by: 2 },
      { pageId: 'r1', name: 'visits', by: 3 },
    ]);
    const { data } = await graphql(
      '{ countersByRef(refs: [{ pageId: "r1", name: "visits" }, { pageId: "r2" }, { pageId: "r1", name: "likes" }]) { pageId name count change { replayed } } }',
    );
    expect(data?.countersByRef).toEqual([
      { pageId: 'r1', name: 'visits', count: 3, change: null },
      { pageId: 'r2', name: 'viewers', count: 0, change: null },
      { pageId: 'r1', name: 'likes', count: 2, change: null },
    ]);
  });

  it('are at most a thousand', async () => {
    const refs = Array.from({ length: 1001 }, (_, at) => ({ pageId: `p${at}` }));
    const read = 'query ($refs: [CounterRef!]!) { countersByRef(refs: $refs) { count } }';
    expect(codesOf(await graphql(read, { refs }))).toEqual(['BAD_REQUEST']);
    const write =
      'mutation ($refs: [CounterChange!]!) { incrementCounters(changes: $refs) { error { code } } }';
    expect(codesOf(await graphql(write, { refs }))).toEqual(['BAD_REQUEST']);
    expect((await graphql(read, { refs: refs.slice(1) })).data?.countersByRef).toHaveLength(1000);
  });

  it('cost as much as each of them', async () => {
    const refs = Array.from({ length: 1000 }, (_, at) => ({ pageId: `p${at}` }));
    const fields =
      'pageId name count connections updatedAt staleRegions version change { replayed }';
    const twice = `query ($refs: [CounterRef!]!) {
      a: countersByRef(refs: $refs) { ${fields} } b: countersByRef(refs: $refs) { ${fields} }
    }`;
    expect(codesOf(await graphql(twice, { refs }))).toEqual(['TOO_COMPLEX']);
  });

  it('are one read a bucket, where a document has a hundred of them', async () => {
    const pages = Array.from({ length: 100 }, (_, at) => `alias/${at}`);
    const fields = pages.map((page, at) => `a${at}: counter(pageId: "${page}") { count }`);
    const { counters } = app.nest.get<Store>(STORE);
    const read = jest.spyOn(counters, 'read');
    try {
      const { data } = await graphql(`{ ${fields.join(' ')} }`);
      expect(Object.keys(data ?? {})).toHaveLength(100);
      const buckets = read.mock.calls.map(([bucket]) => bucket).sort();
      const wanted = pages.map((page) => bucketOf(orThrow(parsePageId(page)), BUCKETS));
      expect(buckets).toEqual([...new Set(wanted)].sort());
    } finally {
      read.mockRestore();
    }
  });

  it('are refused by what is wrong with one of a document', async () => {
    const bad = await graphql(
      '{ good: counter(pageId: "e") { count } bad: counter(pageId: "a b") { count } }',
    );
    expect(codesOf(bad)).toEqual(['BAD_PAGE_ID']);
  });
});
