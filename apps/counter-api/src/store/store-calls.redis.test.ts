/**
 * Goal    a request asks Redis for no more than its budget, whatever the cost model says of it, and for the same thing once;
 *         what the documents promise fits into the budget.
 * Method  the app with a private Redis and a cost limit that lets everything pass; Redis counts the scripts that were run.
 */
import type { RunningApp } from '@headcount/platform';
import { RedisMonitor, TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startCounterApi } from '../start.js';

const BUDGET = 60;
/** Scripts of background work may come in between. */
const UPKEEP = 10;
const PAGES = Array.from({ length: 1000 }, (_, at) => `p${at}`);

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

describe('store calls of counter-api', () => {
  let redis: RedisServer;
  let monitor: RedisMonitor;
  let app: RunningApp;
  let small: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    monitor = await RedisMonitor.start(redis.url);
    const settings = {
      ...{ COUNTER_API_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      ...{ GRAPHQL_COST_MAX: '10000000', CACHED_COUNTERS_MAX: '0', DATAGRAM_PORT: '0' },
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      WINDOWED_COUNTERS: 'visits',
      // Nothing else asks Redis while the test counts.
      SYNC_INTERVAL_MS: '60000',
    };
    app = await startCounterApi(settings);
    small = await startCounterApi({ ...settings, STORE_CALLS_PER_REQUEST_MAX: String(BUDGET) });
    // What a connection runs for the first time is sent twice.
    for (const each of [app, small])
      await graphql(each, `{ counter(pageId: "warm") { count } ${series(1)} }`);
  });
  afterAll(async () => {
    await Promise.all([app.close(), small.close()]);
    monitor.close();
    await redis.stop();
  });

  const graphql = async (at: RunningApp, query: string, variables = {}): Promise<Answer> => {
    const response = await fetch(`${at.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'the-whole-way' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  };
  const codes = ({ errors = [] }: Answer) =>
    new Set(errors.map(({ extensions }) => extensions.code));
  /**
   * What was done at an app, and how many scripts of one bucket Redis ran for it; those of upkeep have more keys. A refusal is
   * answered before Redis has run what was sent, so one more read waits for all of that: a connection keeps the order.
   */
  const counted = async <T>(
    at: RunningApp,
    task: () => Promise<T>,
  ): Promise<[scripts: number, done: T]> => {
    const { calls, done } = await monitor.during(async () => {
      const result = await task();
      expect((await fetch(`${at.url}/last/counter`)).status).toBe(200);
      return result;
    });
    const scripts = calls.filter(
      ([command = '', , keys]) => /^eval/i.test(command) && keys === '1',
    );
    return [scripts.length, done];
  };
  const aliases = (count: number, field: string, as = 'a'): string =>
    Array.from({ length: count }, (_, at) => `${as}${at}: ${field}`).join(' ');
  const series = (count: number): string =>
    aliases(count, 'counterSeries(pageId: "p", name: "visits", per: HOUR) { count }', 's');
  const asksOf = (pages: readonly string[]) =>
    pages.map((pageId) => ({ __typename: 'Page', pageId }));

  it('look at each bucket once for all versions of a request', async () => {
    const query = `query ($p: [ID!]!) { counters(pageIds: $p) { ${aliases(14, 'version')} } }`;
    const [scripts, answer] = await counted(app, () => graphql(app, query, { p: PAGES }));
    expect(answer.errors).toBeUndefined();
    expect(scripts).toBeLessThan(2 * 1000);
  });

  it('read the counters of entities together, and each once', async () => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Page { ${aliases(7, 'counter(name: "likes") { count }')} } } }`;
    const [scripts, answer] = await counted(app, () => graphql(app, query, { r: asksOf(PAGES) }));
    expect(answer.errors).toBeUndefined();
    expect(scripts).toBeLessThan(1000);
  });

  it('read a page once for all fields that ask for it', async () => {
    const one = aliases(90, 'counter(pageId: "home") { count }');
    const many = aliases(90, 'counters(pageIds: ["home", "home"]) { count }', 'b');
    const [scripts, answer] = await counted(app, () => graphql(app, `{ ${one} ${many} }`));
    expect(answer.errors).toBeUndefined();
    expect(scripts).toBeLessThanOrEqual(1 + UPKEEP);
  });
  it('end with the budget, over GraphQL', async () => {
    const [scripts, answer] = await counted(small, () =>
      graphql(small, 'query ($p: [ID!]!) { counters(pageIds: $p) { count } }', { p: PAGES }),
    );
    expect(codes(answer)).toEqual(new Set(['TOO_COMPLEX']));
    expect(scripts).toBeLessThanOrEqual(BUDGET + UPKEEP);
    const [more, refused] = await counted(small, () => graphql(small, `{ ${series(150)} }`));
    expect(codes(refused)).toEqual(new Set(['TOO_COMPLEX']));
    expect(more).toBeLessThanOrEqual(BUDGET + UPKEEP);
  });

  it('end with the budget on the short way too', async () => {
    const ask = (p: readonly string[]) =>
      small.nest.inject({
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({
          query: 'query ($p: [ID!]!) { counters(pageIds: $p) { count } }',
          variables: { p },
        }),
      });
    for (let times = 0; times < 3; times += 1)
      expect((await ask(PAGES.slice(0, 10))).json<Answer>().errors).toBeUndefined();
    const [scripts, answer] = await counted(small, () => ask(PAGES));
    expect(codes(answer.json<Answer>())).toEqual(new Set(['TOO_COMPLEX']));
    expect(scripts).toBeLessThanOrEqual(BUDGET + UPKEEP);
  });

  it('end with the budget, over REST, and each change that is refused has changed nothing', async () => {
    const query = PAGES.slice(0, 300)
      .map((page) => `page=${page}`)
      .join('&');
    const [scripts, response] = await counted(small, () => fetch(`${small.url}/counters?${query}`));
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'TOO_COMPLEX' }),
    ]);
    expect(scripts).toBeLessThanOrEqual(BUDGET + UPKEEP);
    const body = {
      changes: PAGES.slice(0, 100).map((page) => ({ page, name: 'made', action: 'increment' })),
    };
    const made = await fetch(`${small.url}/counters`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { results } = (await made.json()) as { results: { problem?: { code: string } }[] };
    const refused = results.filter(({ problem }) => problem?.code === 'TOO_COMPLEX');
    expect(refused).toHaveLength(100 - BUDGET);
    const counts = await graphql(
      app,
      'query ($p: [ID!]!) { counters(pageIds: $p, name: "made") { count } }',
      { p: PAGES.slice(0, 100) },
    );
    const shown = counts.data?.counters as { count: number }[];
    expect(shown.map(({ count }) => count)).toEqual(
      results.map(({ problem }) => (problem ? 0 : 1)),
    );
  });

  it('let through a batch of 1,000 changes that ask for a durability, and 1,000 counters', async () => {
    const made = await graphql(
      app,
      'mutation ($c: [CounterChange!]!) { incrementCounters(changes: $c, durability: "memory") { error { code } counter { change { durability } version } } }',
      { c: PAGES.map((pageId) => ({ pageId, name: 'likes', by: 1 })) },
    );
    expect(made.errors).toBeUndefined();
    expect(JSON.stringify(made)).not.toContain('"code"');
    const read = await graphql(
      app,
      'query ($p: [ID!]!) { counters(pageIds: $p, name: "likes") { count version } }',
      { p: PAGES },
    );
    expect(read.errors).toBeUndefined();
    expect(new Set((read.data?.counters as { count: number }[]).map(({ count }) => count))).toEqual(
      new Set([1]),
    );
  });
});
