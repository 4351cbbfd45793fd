/**
 * Goal    a value means the same by every way in: REST by its short and its whole way, batches, GraphQL with variables and by its fast path.
 *         Each takes it with the same effect or refuses it with the same code, and then nothing is changed.
 * Method  generated values, good, bad and on the edge, are sent by all ways to counters of their own on one app with a private Redis.
 */
import fc from 'fast-check';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, runs, startRedis } from '@headcount/testing';
import { startCounterApi } from './start.js';

const MAX = Number.MAX_SAFE_INTEGER;

/** What became of a value: `ok` and what was made of it, or the code of the refusal. */
type Verdict = readonly ['ok', unknown] | readonly ['refused', string];
type Way = (value: never, page: string) => Promise<Verdict>;

interface Document {
  readonly code?: string;
  readonly [field: string]: unknown;
}

describe('a value', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let pages = 0;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      AMOUNT_MAX: String(MAX),
      WINDOWED_COUNTERS: 'visits',
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const ask = async (
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    payload?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<readonly [number, Document]> => {
    const hasBody = payload !== undefined;
    const answer = await app.nest.inject({
      ...{ method, url },
      headers: {
        accept: 'application/json',
        ...(hasBody && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(hasBody && { payload: JSON.stringify(payload) }),
    });
    return [answer.statusCode, answer.json<Document>()];
  };
  const rest = async (...args: Parameters<typeof ask>): Promise<Verdict> => {
    const [status, body] = await ask(...args);
    return status === 200 ? ['ok', body] : ['refused', String(body.code)];
  };
  const graphql = async (query: string, variables: object): Promise<Verdict> => {
    const [, { data, errors }] = (await ask('POST', '/graphql', { query, variables })) as never as [
      number,
      { data?: { it: unknown } | null; errors?: { extensions: { code: string } }[] },
    ];
    return errors === undefined
      ? ['ok', data?.it]
      : ['refused', String(errors[0]?.extensions.code)];
  };
  const batched = async (change: object): Promise<Verdict> => {
    const [status, body] = await ask('POST', '/counters', { changes: [change] });
    const [result] = (body.results ?? []) as { problem?: { code: string }; counter?: object }[];
    if (status !== 200 || result === undefined) return ['refused', String(body.code)];
    return result.problem ? ['refused', result.problem.code] : ['ok', result.counter];
  };
  const batchedGraphql = async (change: object): Promise<Verdict> => {
    const query =
      'mutation($changes: [CounterChange!]!) { it: incrementCounters(changes: $changes) { counter { count } error { code } } }';
    const [verdict, results] = await graphql(query, { changes: [change] });
    const [result] = (verdict === 'ok' ? results : []) as {
      counter: object | null;
      error: { code: string } | null;
    }[];
    if (result === undefined) return ['refused', String(results)];
    return result.error ? ['refused', result.error.code] : ['ok', result.counter];
  };
  const countOf = async (page: string, name = 'likes'): Promise<number> =>
    Number((await ask('GET', `/${encodeURIComponent(page)}/counters/${name}`))[1].count);

  /** Whether all ways take each value, with the same `seen`, or refuse it with codes that mean the same. */
  const agree = async <T>(
    values: fc.Arbitrary<T>,
    ways: Readonly<Record<string, Way>>,
    seen: (page: string, verdict: Verdict) => unknown,
  ): Promise<void> => {
    let taken = 0;
    let refused = 0;
    const property = fc.asyncProperty(values, async (value) => {
      const found: Record<string, unknown> = {};
      for (const [name, way] of Object.entries(ways)) {
        const page = `p${(pages += 1)}`;
        const verdict = await way(value as never, page);
        const state = await seen(page, verdict);
        found[name] = [verdict[0], verdict[0] === 'ok' ? null : codeOf(verdict[1]), state];
        if (verdict[0] === 'ok') taken += 1;
        else refused += 1;
      }
      const [first] = Object.values(found);
      for (const [name, one] of Object.entries(found))
        expect({ value, way: name, one }).toEqual({ value, way: name, one: first });
    });
    await fc.assert(property, { numRuns: runs(25) });
    // A property that never took or never refused anything would prove nothing.
    expect(taken).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  };
  /** GraphQL refuses in its own words what is not of the type. */
  const codeOf = (code: unknown): unknown =>
    code === 'BAD_USER_INPUT' ||
    code === 'BAD_AMOUNT' ||
    code === 'BAD_ACTION' ||
    code === 'BAD_DURABILITY'
      ? 'BAD_REQUEST'
      : code;

  const INCREMENT =
    'mutation($page: ID!, $by: SafeInt, $key: ID, $durability: Durability, $name: String) { it: incrementCounter(pageId: $page, name: $name, by: $by, opId: $key, durability: $durability) { count } }';
  const increment = { action: 'increment' };

  const numbers = fc.oneof(
    fc.constantFrom<unknown>(
      0,
      1,
      -1,
      2,
      1.5,
      MAX,
      MAX + 1,
      -MAX,
      1e21,
      null,
      '1',
      '',
      true,
      [1],
      {},
      [],
      -0.5,
      2 ** 31,
      2 ** 31 - 1,
    ),
    fc.integer({ min: 1, max: 100 }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );

  it('is an amount for all or for none', async () => {
    await agree(
      numbers,
      {
        put: (by, page) => rest('PUT', `/${page}/counters/likes`, { ...increment, by }),
        post: (by, page) => rest('POST', `/${page}/counters/likes`, { ...increment, by }),
        batch: (by, page) => batched({ page, name: 'likes', ...increment, by }),
        graphql: (by, page) => graphql(INCREMENT, { page, name: 'likes', by }),
      },
      (page) => countOf(page),
    );
  });

  const words = fc.oneof(
    fc.constantFrom(
      'likes',
      'a',
      'A.b_c:d-e',
      '',
      ' ',
      '1a',
      'größe',
      'x'.repeat(64),
      'x'.repeat(65),
      'likes\n',
      'a b',
      'modifications',
      '__proto__',
      'constructor',
      'a/b',
      'a%2Fb',
    ),
    fc.stringMatching(/^[a-z][\w.:-]{0,8}$/),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
  );

  it('is the name of a counter for all or for none', async () => {
    await agree(
      // An address without a name is another address.
      words.filter((name) => name !== '' && name !== '.' && name !== '..'),
      {
        put: (name, page) =>
          rest('PUT', `/${page}/counters/${encodeURIComponent(name)}`, increment),
        batch: (name, page) => batched({ page, name, ...increment }),
        graphql: (name, page) => graphql(INCREMENT, { page, name, by: 1 }),
        batchedGraphql: (name, page) => batchedGraphql({ pageId: page, name }),
      },
      (_, [verdict, what]) => (verdict === 'ok' ? (what as Document).count : null),
    );
  });

  const keys = fc.oneof(
    fc.constantFrom(
      '1',
      'a b',
      ' a',
      'a ',
      '',
      'x'.repeat(128),
      'x'.repeat(129),
      'event:1',
      'eventual',
      '~',
      'a"b',
      'a\\b',
    ),
    fc.string({ minLength: 1, maxLength: 10 }),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
  );
  const quoted = (key: string): string => `"${key.replace(/[\\"]/g, '\\$&')}"`;

  it('is the id of an operation for all or for none', async () => {
    const twice = async (change: () => Promise<Verdict>): Promise<Verdict> => {
      await change();
      return change();
    };
    await agree(
      // A header holds bytes; what is beyond them no client can send.
      keys.filter((key) => /^[\x20-\x7e]*$/.test(key)),
      {
        put: (key, page) =>
          twice(() =>
            rest('PUT', `/${page}/counters/likes`, increment, { 'idempotency-key': quoted(key) }),
          ),
        batch: (key, page) => twice(() => batched({ page, name: 'likes', ...increment, key })),
        graphql: (key, page) =>
          twice(() => graphql(INCREMENT, { page, name: 'likes', by: 1, key })),
        batchedGraphql: (key, page) =>
          twice(() => batchedGraphql({ pageId: page, name: 'likes', opId: key })),
      },
      (page) => countOf(page),
    );
  });

  const durabilities = fc.oneof(
    fc.constantFrom<unknown>(
      'memory',
      'Memory',
      'disk',
      'replicas:0',
      'replicas:1',
      'replicas:99',
      'replicas:100',
      'replicas:01',
      'replicas:1.0',
      '',
      null,
      1,
      true,
      {},
      ['memory'],
      'memory ',
    ),
    fc.string({ maxLength: 10 }),
  );

  it('is a durability for all or for none', async () => {
    await agree(
      durabilities,
      {
        put: (durability, page) =>
          rest('PUT', `/${page}/counters/likes`, { ...increment, durability }),
        batch: async (durability, page) => {
          const [, body] = await ask('POST', '/counters', {
            changes: [{ page, name: 'likes', ...increment }],
            durability,
          });
          const [result] = (body.results ?? []) as { problem?: { code: string } }[];
          if (result === undefined) return ['refused', String(body.code)];
          return result.problem ? ['refused', result.problem.code] : ['ok', null];
        },
        graphql: (durability, page) =>
          graphql(INCREMENT, { page, name: 'likes', by: 1, durability }),
      },
      (page) => countOf(page),
    );
  });

  const texts = fc.oneof(
    fc.constantFrom(
      'home',
      'a/b',
      '@site',
      '@other',
      'gro\u0308ße',
      'größe',
      'می\u200cخواهم',
      'a\u200cb',
      '👩\u200d🚀',
      '2020–2021',
      'a b',
      '%41',
      'a%',
      '.',
      '..',
      'a/../b',
      '\ud800',
      'x'.repeat(256),
      'x'.repeat(257),
      'ä'.repeat(128),
      'ä'.repeat(129),
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
  );
  const isWellFormed = (text: string): boolean => !/\p{Cs}/u.test(text);

  it('is a page for all or for none, and the same page', async () => {
    const QUERY = 'query($page: ID!) { it: counter(pageId: $page, name: "likes") { pageId } }';
    await agree(
      texts.filter((page) => isWellFormed(page) && page !== '.' && page !== '..'),
      {
        put: async (page) => {
          const done = await rest('PUT', `/${encodeURIComponent(page)}/counters/likes`, increment);
          if (done[0] !== 'ok') return done;
          return rest('GET', `/counters?page=${encodeURIComponent(page)}&name=likes`).then(
            ([ok, body]) =>
              [ok, (body as { counters: { page: string }[] }).counters[0]?.page] as Verdict,
          );
        },
        original: async (page) => {
          const done = await rest('PUT', `/${encodeURIComponent(page)}/counter`, increment);
          return done[0] === 'ok' ? ['ok', (page as string).normalize('NFC')] : done;
        },
        batch: async (page) => {
          const done = await batched({ page, name: 'likes', ...increment });
          return done[0] === 'ok' ? ['ok', (done[1] as { page: string }).page] : done;
        },
        graphql: async (page) => {
          const done = await graphql(QUERY, { page });
          return done[0] === 'ok' ? ['ok', (done[1] as { pageId: string }).pageId] : done;
        },
        fast: async (page) => {
          await graphql(QUERY, { page: 'home' });
          const done = await graphql(QUERY, { page });
          return done[0] === 'ok' ? ['ok', (done[1] as { pageId: string }).pageId] : done;
        },
        limit: async (key) => {
          const [status, body] = await ask('POST', `/limits/${encodeURIComponent(key)}`, {
            limit: 1,
            windowSeconds: 1,
            cost: 0,
          });
          return status === 200
            ? ['ok', (key as string).normalize('NFC')]
            : ['refused', body.code === 'BAD_REQUEST' ? 'BAD_PAGE_ID' : String(body.code)];
        },
      },
      (_, [verdict, what]) => (verdict === 'ok' ? what : null),
    );
  });

  it('is a voter for all or for none, and the same voter', async () => {
    const VOTE =
      'mutation($page: ID!, $voter: ID) { it: vote(pageId: $page, name: "stars", voter: $voter) { changed } }';
    const everyWay = (page: string, voter: string): (() => Promise<Verdict>)[] => [
      () => rest('PUT', `/${page}/counters/stars/voters/${encodeURIComponent(voter)}`, {}),
      () => rest('PUT', `/${page}/counters/stars`, { ...increment, voter }),
      () => graphql(VOTE, { page, voter }),
    ];
    await agree(
      texts.filter((voter) => isWellFormed(voter) && voter !== '.' && voter !== '..'),
      Object.fromEntries(
        ['address', 'body', 'graphql'].map((name, first) => [
          name,
          async (voter: string, page: string): Promise<Verdict> => {
            const ways = everyWay(page, voter);
            const verdicts = [];
            for (let at = 0; at < ways.length; at += 1)
              verdicts.push(await ways[(first + at) % ways.length]!());
            return verdicts[0]!;
          },
        ]),
      ),
      (page) => countOf(page, 'stars'),
    );
  });

  it('is the length of a lease for all or for none', async () => {
    const LEASE =
      'mutation($page: ID!, $ttl: Int) { it: leaseViewer(pageId: $page, viewer: "ann", ttlSeconds: $ttl) { count } }';
    await agree(
      fc.oneof(
        fc.constantFrom<unknown>(0, 1, 3600, 3601, 1.5, null, '30', true, {}, -1, 2 ** 31),
        fc.integer({ min: -5, max: 4000 }),
      ),
      {
        put: (ttl, page) => rest('PUT', `/${page}/counter`, { ...increment, viewer: 'ann', ttl }),
        graphql: (ttl, page) => graphql(LEASE, { page, ttl }),
      },
      (page) => countOf(page, 'viewers'),
    );
  });

  it('is a limit, a window and a cost for all or for none', async () => {
    const ALLOW =
      'mutation($key: ID!, $limit: SafeInt!, $windowSeconds: Int!, $cost: SafeInt) { it: allow(key: $key, limit: $limit, windowSeconds: $windowSeconds, cost: $cost) { allowed remaining } }';
    const number = fc.oneof(
      fc.constantFrom<unknown>(0, 1, 5, MAX, MAX + 1, 1.5, -1, '1', true, 2_678_400, 2_678_401),
      fc.nat({ max: 20 }),
    );
    const asked = fc.record({
      limit: number,
      windowSeconds: number,
      cost: fc.oneof(number, fc.constant(null)),
    });
    await agree(
      fc.oneof(
        asked,
        fc.record({
          limit: fc.integer({ min: 1, max: 9 }),
          windowSeconds: fc.constant(60),
          cost: number,
        }),
      ),
      {
        rest: (ask_, page) => rest('POST', `/limits/${page}`, ask_),
        graphql: (ask_, page) => graphql(ALLOW, { key: page, ...(ask_ as object) }),
      },
      (_, [verdict, what]) =>
        verdict === 'ok' ? [(what as Document).allowed, (what as Document).remaining] : null,
    );
  });

  it('is the length of a window for all or for none', async () => {
    const WINDOW =
      'query($page: ID!, $seconds: Int!) { it: counterWindow(pageId: $page, name: "visits", windowSeconds: $seconds) { sum } }';
    await agree(
      fc.oneof(
        fc.constantFrom(0, 1, 10, 86_400, 2_592_000, 2_592_001, -1),
        fc.integer({ min: -10, max: 100_000 }),
      ),
      {
        rest: (seconds, page) => rest('GET', `/${page}/counters/visits/window?seconds=${seconds}`),
        graphql: (seconds, page) => graphql(WINDOW, { page, seconds }),
      },
      () => null,
    );
  });

  it('of an integer may be written with a point in variables of GraphQL alone, as JSON has no integers', async () => {
    const payload = (by: string): string =>
      `{"query":${JSON.stringify(INCREMENT)},"variables":{"page":"point","name":"likes","by":${by}}}`;
    const headers = { 'content-type': 'application/json' };
    const send = (method: 'POST' | 'PUT', url: string, body: string) =>
      app.nest.inject({ method, url, headers, payload: body });
    expect((await send('POST', '/graphql', payload('2.0'))).json()).toEqual({
      data: { it: { count: 2 } },
    });
    const refused = await send('PUT', '/point/counters/likes', '{"action":"increment","by":2.0}');
    expect([refused.statusCode, refused.json<Document>().code]).toEqual([400, 'BAD_AMOUNT']);
    expect(await countOf('point')).toBe(2);
  });

  it('made from a key stays within bounds, however many changes share the key', async () => {
    const key = 'k'.repeat(128);
    const changes = Array.from({ length: 1000 }, (_, at) => ({
      page: `many-${at % 7}`,
      name: 'likes',
      ...increment,
    }));
    const headers = { 'idempotency-key': `"${key}"` };
    for (let time = 0; time < 2; time += 1) {
      const [status, { results }] = await ask('POST', '/counters', { changes }, headers);
      expect(status).toBe(200);
      expect(
        (results as { replayed?: boolean }[]).every(({ replayed }) => replayed === (time === 1)),
      ).toBe(true);
    }
    const sum = (
      await Promise.all([0, 1, 2, 3, 4, 5, 6].map((at) => countOf(`many-${at}`)))
    ).reduce((all, one) => all + one);
    expect(sum).toBe(1000);
    const tooLong = await rest(
      'POST',
      '/counters',
      { changes },
      { 'idempotency-key': `"${key}k"` },
    );
    expect(tooLong).toEqual(['refused', 'BAD_OPERATION_ID']);
    const name = 'n'.repeat(64);
    const choice = await rest('PUT', `/many-0/counters/${name}/voters/ann`, { choice: 'c' });
    expect(choice).toEqual(['refused', 'BAD_COUNTER_NAME']);
    expect(await countOf('many-0', name)).toBe(0);
  });
});
