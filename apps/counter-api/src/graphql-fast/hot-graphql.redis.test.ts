/**
 * Goal    the short way of GraphQL answers what Apollo answers, byte for byte, or leaves the request alone.
 * Method  the app as it is, on a private Redis. Documents are generated from what the schema has, right and wrong ones, with
 *         variables that fit and others; each goes to the short way itself and, with a header that the short way leaves
 *         alone, through the whole of Fastify, Nest and Apollo.
 */
import fc from 'fast-check';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { CONFIG, type RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, runs, startRedis } from '@headcount/testing';
import { CacheService } from '../cache/cache.service.js';
import { CountersService } from '../counters/counters.service.js';
import type { Shortcut } from '../hot/shortcuts.js';
import type { CounterApiConfig } from '../settings.js';
import { startCounterApi } from '../start.js';
import { hotGraphql } from './hot-graphql.js';

const RUNS = runs(200);
/** Left alone by the short way, and of no meaning to Apollo. */
const WHOLE = { prefer: 'the-whole-way' };

interface Asked {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: unknown;
  readonly extensions?: unknown;
}

const rare = <T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 24, arbitrary: usual }, { weight: 1, arbitrary: unusual });
const alias = fc.constantFrom('', '', '', 'a: ', 'b: ', 'count: ');
const leaf = rare(
  fc.constantFrom(
    'count',
    'connections',
    'pageId',
    'name',
    'updatedAt',
    'staleRegions',
    '__typename',
  ),
  fc.constantFrom(
    'nothing',
    'version',
    'change { replayed }',
    'count { x }',
    'count @include(if: true)',
  ),
);
const shows = fc
  .array(fc.tuple(alias, leaf, fc.constantFrom('', '', '', 'spread', 'inline', 'typed')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((leaves) =>
    leaves
      .map(([as, name, within]) => {
        if (within === 'spread') return '...shown';
        if (within === 'inline') return `... { ${as}${name} }`;
        return within === 'typed' ? `... on Counter { ${as}${name} }` : `${as}${name}`;
      })
      .join(' '),
  );
const page = rare(
  fc.constantFrom('"a"', '"b"', '"@site"', '$p'),
  fc.constantFrom('7', '"a b"', 'null', '$q', '"\\u0061"', '["a"]'),
);
const pages = rare(
  fc.constantFrom('["a", "b"]', '$ps', '[]', '"a"', '["b", "b"]'),
  fc.constantFrom('["a", $p]', '[null]', 'null', '[7]'),
);
const name = rare(
  fc.constantFrom('', 'name: "likes"', 'name: $n', 'name: "viewers"'),
  fc.constantFrom('name: null', 'name: "no spaces"', 'name: 3', 'minVersion: "x"', 'more: 1'),
);
const root = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(alias, page, name, shows)
      .map(([as, p, n, s]) => `${as}counter(pageId: ${p} ${n}) { ${s} }`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(alias, pages, name, shows)
      .map(([as, p, n, s]) => `${as}counters(pageIds: ${p} ${n}) { ${s} }`),
  },
  { weight: 2, arbitrary: fc.tuple(alias, shows).map(([as, s]) => `${as}site { ${s} }`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '__typename',
      'regions { name }',
      '...roots',
      '__schema { queryType { name } }',
      'x',
    ),
  },
);
const variables = fc.record(
  {
    p: rare<unknown>(fc.constantFrom('a', 'b'), fc.constantFrom(7, null, 'a b', ['a'])),
    q: fc.constantFrom('a'),
    ps: rare<unknown>(fc.constantFrom(['a', 'b'], ['a']), fc.constantFrom('a', [null], null, [7])),
    n: rare<unknown>(fc.constantFrom('likes', 'viewers'), fc.constantFrom(null, 3, 'no spaces')),
    unknown: fc.constant(1),
  },
  { requiredKeys: ['p', 'ps'] },
);
const USED = { p: 'ID!', q: 'ID', ps: '[ID!]!', n: 'String' };
const document: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(root, { minLength: 1, maxLength: 3 }),
    rare(fc.constant(''), fc.constantFrom(' = "likes"', '!')),
    rare(
      fc.constantFrom('query', 'query Named'),
      fc.constantFrom('query @skip(if: false)', 'mutation', ''),
    ),
    shows,
  )
  .map(([roots, ofName, head, shown]) => {
    const body = roots.join(' ');
    const fragments =
      (body.includes('...roots') ? ' fragment roots on Query { site { count } }' : '') +
      (body.includes('...shown')
        ? ` fragment shown on Counter { count ${shown.replaceAll('...shown', 'name')} }`
        : '');
    const used = Object.entries(USED).filter(([one]) => new RegExp(`\\$${one}\\b`).test(body));
    const declared = used.map(([one, type]) => `$${one}: ${type}${one === 'n' ? ofName : ''}`);
    const declares = declared.length > 0 ? `(${declared.join(' ')})` : '';
    return head === '' ? `{ ${body} }${fragments}` : `${head}${declares} { ${body} }${fragments}`;
  });
const asked: fc.Arbitrary<Asked> = fc.record(
  {
    query: document,
    variables: rare<unknown>(variables, fc.constantFrom(null, [], 'x')),
    operationName: rare<unknown>(fc.constantFrom(null), fc.constantFrom('Named', 'Other', '', 3)),
    extensions: rare<unknown>(fc.constantFrom(null), fc.constantFrom({}, { x: 1 })),
  },
  { requiredKeys: ['query', 'variables'] },
);

describe('the short way of GraphQL', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let shortcut: Shortcut;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
    });
    const { nest } = app;
    shortcut = hotGraphql({
      schema: () => nest.get(GraphQLSchemaHost, { strict: false }).schema,
      limits: nest.get<CounterApiConfig>(CONFIG),
      cache: nest.get(CacheService),
      counters: nest.get(CountersService),
    });
    await whole({
      query: 'mutation { incrementCounter(pageId: "a", name: "likes", by: 5) { count } }',
    });
    await whole({ query: 'mutation { incrementCounter(pageId: "b") { count } }' });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const post = (payload: unknown, headers: Readonly<Record<string, string>>) =>
    app.nest.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(payload),
    });
  const whole = (payload: unknown) => post(payload, WHOLE);

  /** What the short way answers, or null where it leaves the request alone. */
  async function short(
    body: unknown,
  ): Promise<{ text: string; headers: Record<string, string> } | null> {
    const headers: Record<string, string> = {};
    let text: string | null = null;
    const reply = {
      header(field: string, value: string) {
        headers[field] = value;
        return reply;
      },
      type: (value: string) => reply.header('content-type', value),
      send: (sent: string) => void (text = sent),
    };
    const request = { method: 'POST', headers: { accept: 'application/json' }, body };
    const taken = await shortcut(request as FastifyRequest, reply as unknown as FastifyReply);
    expect(taken).toBe(text !== null);
    return text === null ? null : { text, headers };
  }

  it('answers as Apollo does, whatever is asked', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(asked, async (body) => {
        // A first question is always left alone.
        await short(body);
        const answer = await short(body);
        if (answer === null) return;
        answered += 1;
        const { statusCode, body: text, headers } = await whole(body);
        expect({ statusCode, text }).toEqual({ statusCode: 200, text: answer.text });
        expect(headers).toMatchObject(answer.headers);
      }),
      { numRuns: RUNS },
    );
    expect(answered).toBeGreaterThan(RUNS / 8);
  });

  const QUESTION = {
    query: 'query($p: ID!) { counter(pageId: $p, name: "likes") { count updatedAt } }',
  };

  it('gives the headers that Apollo gives, and leaves what is not plain to it', async () => {
    const body = { ...QUESTION, variables: { p: 'a' } };
    const ways = [WHOLE, { accept: '*/*' }, { accept: 'application/json' }, {}];
    const answers = [];
    for (let times = 0; times < 3; times += 1)
      for (const headers of ways) answers.push(await post(body, headers));
    const [first, ...others] = answers.map(({ statusCode, headers, body: text }) => {
      const told = { ...headers, date: '' };
      return { statusCode, told, text };
    });
    expect(first?.statusCode).toBe(200);
    for (const other of others) expect(other).toEqual(first);
    const { headers } = await post(body, { accept: 'application/graphql-response+json' });
    expect(headers['content-type']).toMatch('application/graphql-response+json');
  });

  const NAMED = 'query Named { counter(pageId: "a") { count } }';
  const UNUSUAL: readonly unknown[] = [
    {
      query: 'query($p: ID!, $n: String!) { counter(pageId: $p, name: $n) { count } }',
      variables: { p: 'a' },
    },
    { query: 'query($n: String = "likes") { counter(pageId: "a", name: $n) { count } }' },
    { query: '{ counter(pageId: "a") { name count @include(if: false) } }' },
    { query: '{ ... @skip(if: true) { site { count } } __typename }' },
    { query: NAMED, operationName: 'Other' },
    { query: NAMED, extensions: { persistedQuery: {} } },
    { query: NAMED, id: 1 },
    { query: 'mutation { incrementCounter(pageId: "unusual") { count } }' },
    { query: '{ counter(pageId: "a") { count version } }' },
    { query: '{ counter(pageId: "a b") { count } }' },
    [{ query: NAMED }],
  ];

  it('leaves alone what is unusual, however often it comes', async () => {
    for (let times = 0; times < 3; times += 1) await short({ query: NAMED });
    expect(await short({ query: NAMED, operationName: 'Named' })).toBeNull();
    expect(await short({ query: NAMED, operationName: 'Named' })).not.toBeNull();
    for (const body of UNUSUAL)
      for (let times = 0; times < 3; times += 1)
        expect([body, await short(body)]).toEqual([body, null]);
  });

  it('shows each change to whoever made it', async () => {
    for (let times = 1; times <= 50; times += 1) {
      const change = {
        query: 'mutation { incrementCounter(pageId: "own", name: "likes") { count } }',
      };
      expect((await post(change, {})).json()).toMatchObject({
        data: { incrementCounter: { count: times } },
      });
      const { body } = await post({ ...QUESTION, variables: { p: 'own' } }, {});
      expect(JSON.parse(body)).toMatchObject({ data: { counter: { count: times } } });
    }
  });

  it('holds operations to what they may cost', async () => {
    const query = `{ ${Array.from({ length: 80 }, (_, at) => `c${at}: counters(pageIds: $ps) { count }`).join(' ')} }`;
    const body = {
      query: `query($ps: [ID!]!) ${query}`,
      variables: { ps: Array.from({ length: 100 }, () => 'a') },
    };
    const few = { ...body, variables: { ps: ['a'] } };
    expect((await whole(few)).statusCode).toBe(200);
    await short(few);
    expect((await short(few))?.text).toBe((await whole(few)).body);
    expect(await short(body)).toBeNull();
    expect((await post(body, {})).json()).toMatchObject({
      errors: [{ extensions: { code: 'TOO_COMPLEX' } }],
    });
  });
});
