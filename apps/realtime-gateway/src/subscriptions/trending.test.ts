/**
 * Goal    `trendingChanged` shows what the home says, over sockets and streams, in a group or alone, to those who may view all.
 * Method  the app as it is over a fake counter-api; stock clients; tokens that are signed here.
 */
import { createClient as createStreamClient } from 'graphql-sse';
import type { Client } from 'graphql-ws';
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { PATHS, type PageId, type WireTrending } from '@headcount/protocol';
import { until } from '@headcount/testing';
import { FakeCounterApi } from '../testing/fake-counter-api.js';
import { testClient } from '../testing/test-client.js';
import { metricOf, startTestPair } from '../testing/test-gateway.js';

const SECRET = 'a-secret-that-only-the-site-knows';
const PRESET = 'visits 300 10';

describe('trendingChanged', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const clients: Client[] = [];

  async function start(more: Record<string, string> = {}): Promise<void> {
    ({ fake, app } = await startTestPair({ DRAIN_MS: '0', ...more }));
  }
  afterEach(async () => {
    await Promise.allSettled(clients.splice(0).map((client) => client.dispose()));
    await app.close();
    await fake.stop();
  });

  function client(params: Record<string, unknown> = {}): Client {
    const made = testClient(app.url, params);
    clients.push(made);
    return made;
  }

  interface Result {
    readonly data?: unknown;
    readonly errors?: readonly { readonly extensions?: Record<string, unknown> }[] | undefined;
  }

  /** What a subscription is shown: its data, else the codes of its errors. */
  function watch(query: string, made = client()) {
    const seen: unknown[] = [];
    const codes = (errors: Result['errors']) => errors?.map(({ extensions }) => extensions?.code);
    const end = made.subscribe(
      { query: `subscription ${query}` },
      {
        next: ({ data, errors }: Result) => seen.push(data ?? codes(errors)),
        error: (cause) => seen.push(codes(cause as Result['errors'])),
        complete: () => undefined,
      },
    );
    return { seen, last: () => seen.at(-1), end };
  }

  const rows = (...of: readonly (readonly [string, number])[]): WireTrending =>
    of.map(([pageId, gain]) => [pageId as PageId, gain] as const);

  it('shows what trends at once and each time that it is something else, made once for all', async () => {
    await start();
    fake.trending.set(PRESET, rows(['home', 12], ['blog', 3]));
    const query = '{ trendingChanged { pageId gain } }';
    const all = [watch(query), watch(query), watch('{ trendingChanged { gain } }')];
    await until(() => all.every(({ seen }) => seen.length === 1));
    expect(all.map(({ last }) => last())).toEqual([
      ...Array(2).fill({
        trendingChanged: [
          { pageId: 'home', gain: 12 },
          { pageId: 'blog', gain: 3 },
        ],
      }),
      { trendingChanged: [{ gain: 12 }, { gain: 3 }] },
    ]);
    expect(await metricOf(app, 'gateway_groups')).toBe(2);
    expect(await metricOf(app, 'gateway_trending_watched')).toBe(1);
    fake.trending.set(PRESET, rows(['blog', 13]));
    await until(() => all.every(({ seen }) => seen.length === 2));
    expect(all[0]?.last()).toEqual({ trendingChanged: [{ pageId: 'blog', gain: 13 }] });
    for (const { end } of all) end();
    await until(async () => (await metricOf(app, 'gateway_trending_watched')) === 0, {
      what: 'the last to have left',
    });
  });

  it('asks the home for what the arguments say, one for all or alone, over a socket or a stream', async () => {
    await start();
    fake.trending.set('shares 60 2', rows(['home', 1]));
    const field =
      'trendingChanged(first: 2, windowSeconds: 60, name: "shares", every: 50) { pageId }';
    const shown = { trendingChanged: [{ pageId: 'home' }] };
    const grouped = watch(`{ ${field} }`);
    const alone = watch(`{ ...Root } fragment Root on Subscription { ${field} }`);
    const streams = createStreamClient({ url: `${app.url}/graphql/stream` });
    const streamed = streams.iterate({ query: `subscription { ${field} }` });
    await until(() => grouped.seen.length === 1 && alone.seen.length === 1);
    expect([grouped.last(), alone.last()]).toEqual([shown, shown]);
    expect(await streamed.next()).toMatchObject({ value: { data: shown } });
    expect(await metricOf(app, 'gateway_trending_watched')).toBe(1);
    const asks = fake.bodies(PATHS.trending).flatMap((body) => body.asks);
    expect(new Set(asks.map((asked) => asked.join(' ')))).toEqual(new Set(['shares 60 2']));
    streams.dispose();
    for (const { end } of [grouped, alone]) end();
    await until(async () => (await metricOf(app, 'gateway_trending_watched')) === 0);
  });

  it.each([
    ['too many pages', '(first: 101)', 'BAD_REQUEST'],
    ['no page', '(first: 0)', 'BAD_REQUEST'],
    ['a window that is too short', '(windowSeconds: 9)', 'BAD_REQUEST'],
    ['a window that is too long', '(windowSeconds: 3601)', 'BAD_REQUEST'],
    ['a name that is none', '(name: "no spaces")', 'BAD_COUNTER_NAME'],
    ['a pause that is too short', '(every: 49)', 'BAD_REQUEST'],
  ])('refuses %s, in a group or alone', async (_, args, code) => {
    await start();
    const field = `trendingChanged${args} { pageId }`;
    const grouped = watch(`{ ${field} }`);
    const alone = watch(`{ ...Root } fragment Root on Subscription { ${field} }`);
    await until(() => grouped.seen.length === 1 && alone.seen.length === 1);
    expect([grouped.last(), alone.last()]).toEqual([[code], [code]]);
    expect(fake.bodies(PATHS.trending)).toEqual([]);
  });

  it('shows the error that the home answers, in a group or alone', async () => {
    await start();
    fake.trending.set('likes 300 10', 'BAD_REQUEST');
    const field = 'trendingChanged(name: "likes") { pageId }';
    const grouped = watch(`{ ${field} }`);
    const alone = watch(`{ ...Root } fragment Root on Subscription { ${field} }`);
    await until(() => grouped.seen.length === 1 && alone.seen.length === 1);
    expect([grouped.last(), alone.last()]).toEqual([['BAD_REQUEST'], ['BAD_REQUEST']]);
    fake.trending.set('likes 300 10', rows(['home', 1]));
    const shown = { trendingChanged: [{ pageId: 'home' }] };
    await until(() => grouped.seen.length === 2 && alone.seen.length === 2);
    expect([grouped.last(), alone.last()]).toEqual([shown, shown]);
  });

  it('shows the same while the home is away, and goes on when it is back', async () => {
    await start();
    fake.trending.set(PRESET, rows(['home', 1]));
    const early = watch('{ trendingChanged { gain } }');
    await until(() => early.seen.length === 1);
    const { port, store } = fake;
    await fake.stop();
    await until(async () => /gateway_trending_requests_total\{[^}]*failed/.test(await metrics()), {
      what: 'the home to be missed',
    });
    const late = watch('{ trendingChanged { gain } }');
    await until(() => late.seen.length === 1);
    fake = await FakeCounterApi.start({ port, store });
    fake.trending.set(PRESET, rows(['home', 2]));
    await until(() => [early, late].every(({ seen }) => seen.length === 2), { timeoutMs: 10_000 });
    expect(early.seen).toEqual([1, 2].map((gain) => ({ trendingChanged: [{ gain }] })));
    expect(late.seen).toEqual(early.seen);
  });

  const metrics = async (): Promise<string> => (await fetch(`${app.internalUrl}/metrics`)).text();

  it('is for those who may view every page', async () => {
    await start({ AUTH: 'jwt', AUTH_JWT_SECRET: SECRET });
    const outcome = async (claims: { readonly pages?: readonly string[] }, path: string) => {
      const token = await new SignJWT({ sub: 'ada', ...claims })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1m')
        .sign(Buffer.from(SECRET));
      if (path === 'stream') {
        const headers = { authorization: `Bearer ${token}` };
        const streams = createStreamClient({ url: `${app.url}/graphql/stream`, headers });
        const query = 'subscription { trendingChanged { gain } }';
        const { value } = (await streams.iterate({ query }).next()) as { value: Result };
        streams.dispose();
        return value.data ?? value.errors?.map(({ extensions }) => extensions?.code);
      }
      const root = '{ ...Root } fragment Root on Subscription { trendingChanged { gain } }';
      const query = path === 'alone' ? root : '{ trendingChanged { gain } }';
      const asked = watch(query, client({ token }));
      await until(() => asked.seen.length > 0);
      return asked.last();
    };
    for (const path of ['group', 'alone', 'stream']) {
      expect([path, await outcome({}, path)]).toEqual([path, { trendingChanged: [] }]);
      expect([path, await outcome({ pages: ['x', '*'] }, path)]).toEqual([
        path,
        { trendingChanged: [] },
      ]);
      for (const pages of [['news/*', '@site'], []])
        expect([path, await outcome({ pages }, path)]).toEqual([path, ['FORBIDDEN']]);
    }
  });
});
