/**
 * Goal    with READS=token nothing is read without a token, nor on pages that the token does not allow, by whatever path; with READS=public
 *         everything is, by everyone.
 * Method  the app as it is, twice, with a private Redis; each way to read, without a token and with tokens for the page and for another.
 */
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startCounterApi } from './start.js';

const SECRET = 'a secret of at least 32 characters';

const page = (path: string) => ({ path });
const graphql = (query: string) => ({ path: '/graphql', query });

/** Each way to read something of the page `open/1`. */
const READS: Readonly<Record<string, { readonly path: string; readonly query?: string }>> = {
  'GET counter': page('/open%2F1/counter'),
  'GET counters/:name': page('/open%2F1/counters/events'),
  'GET window': page('/open%2F1/counters/events/window?seconds=60'),
  'GET series': page('/open%2F1/counters/events/series'),
  'GET counters': page('/counters?page=open%2F1'),
  'GET counters of a page beside it': page('/counters?page=other&page=open%2F1'),
  counter: graphql('{ counter(pageId: "open/1") { count version } }'),
  counters: graphql('{ counters(pageIds: ["other", "open/1"]) { count } }'),
  'counters, by the short way': graphql('{ counters(pageIds: ["open/1"]) { count } }'),
  countersByRef: graphql('{ countersByRef(refs: [{ pageId: "open/1" }]) { count } }'),
  counterWindow: graphql(
    '{ counterWindow(pageId: "open/1", name: "events", windowSeconds: 60) { sum } }',
  ),
  counterSeries: graphql(
    '{ counterSeries(pageId: "open/1", name: "events", per: MINUTE) { count } }',
  ),
  quota: graphql('{ quota(pageId: "open/1", name: "available") { count } }'),
  'an entity': graphql(
    '{ _entities(representations: [{ __typename: "Counter", pageId: "open/1", name: "x" }]) { __typename } }',
  ),
  'a page as an entity': graphql(
    '{ _entities(representations: [{ __typename: "Page", pageId: "open/1" }]) { ... on Page { counter { count } } } }',
  ),
};
/** What is read of the whole website or deployment. */
const OF_ALL = {
  site: graphql('{ site { count } }'),
  regions: graphql('{ regions { name } }'),
  trending: graphql('{ trending { pageId } }'),
  'GET trending': page('/trending'),
};

describe('reads', () => {
  let redis: RedisServer;
  const tokenFor = (claims: object): Promise<string> =>
    new SignJWT({ sub: 'ann', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1 hour')
      .sign(Buffer.from(SECRET));
  const apps: Partial<Record<'public' | 'token', RunningApp>> = {};
  beforeAll(async () => {
    redis = await startRedis();
    for (const READS_AS of ['public', 'token'] as const) {
      apps[READS_AS] = await startCounterApi({
        ...{ COUNTER_API_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
        ...{ SIGNING_KEYS: TEST_SIGNING_KEYS, AUTH: 'jwt', AUTH_JWT_SECRET: SECRET },
        ...{ READS: READS_AS, BUCKETS: '2' },
      });
    }
  });
  // Before any list of trending pages is read, as one is kept for a second.
  beforeAll(async () => {
    const writer = await tokenFor({ counters: ['visits'] });
    for (const id of ['open/1', 'closed/1', 'closed/2', 'closed/2'])
      await fetch(`${apps.token?.url}/${encodeURIComponent(id)}/counters/visits`, {
        method: 'POST',
        headers: { authorization: `Bearer ${writer}`, 'content-type': 'application/json' },
        body: '{"action":"increment"}',
      });
  });
  afterAll(async () => {
    for (const app of Object.values(apps)) await app.close();
    await redis.stop();
  });

  const answerOf = async (
    reads: 'public' | 'token',
    { path, query }: { path: string; query?: string },
    token: string | null,
  ): Promise<string> => {
    const response = await fetch(`${apps[reads]?.url}${path}`, {
      headers: {
        accept: 'application/json',
        ...(query !== undefined && { 'content-type': 'application/json' }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      ...(query !== undefined && { method: 'POST', body: JSON.stringify({ query }) }),
    });
    return response.text();
  };
  const codeIn = (text: string): string => /"code":"(\w+)"/.exec(text)?.[1] ?? 'none';
  /** Twice, so that what has a short way takes it. */
  const codeOf = async (...asked: Parameters<typeof answerOf>): Promise<string> => {
    const codes = [codeIn(await answerOf(...asked)), codeIn(await answerOf(...asked))];
    expect(codes[1]).toBe(codes[0]);
    return codes[0] ?? '';
  };

  it.each(Object.entries(READS))(
    'of a page by %s need a token for it where READS is token',
    async (_, read) => {
      const [both, other] = [
        await tokenFor({ pages: ['open/*', 'other'] }),
        await tokenFor({ pages: ['other'] }),
      ];
      expect(await codeOf('token', read, both)).toBe('none');
      expect(await codeOf('token', read, other)).toBe('FORBIDDEN');
      expect(await codeOf('token', read, null)).toBe('UNAUTHENTICATED');
      expect(await codeOf('public', read, null)).toBe('none');
      expect(await codeOf('public', read, other)).toBe('none');
    },
  );

  it.each(Object.entries(OF_ALL))(
    'of all by %s need a token where READS is token',
    async (_, read) => {
      expect(await codeOf('token', read, null)).toBe('UNAUTHENTICATED');
      expect(await codeOf('token', read, await tokenFor({}))).toBe('none');
      expect(await codeOf('public', read, null)).toBe('none');
    },
  );

  it('of the whole website need a token for it', async () => {
    const read = graphql('{ site { count } }');
    expect(await codeOf('token', read, await tokenFor({ pages: ['a*'] }))).toBe('FORBIDDEN');
    expect(await codeOf('token', read, await tokenFor({ pages: ['@site'] }))).toBe('none');
  });

  it('list among trending pages those alone that the token allows', async () => {
    const path = '/trending?first=1';
    const shown = async (claims: object): Promise<unknown> =>
      JSON.parse(await answerOf('token', page(path), await tokenFor(claims)));
    expect(await shown({ pages: ['open/*'] })).toMatchObject({
      pages: [{ page_id: 'open/1', gain: 1 }],
    });
    expect(await shown({})).toMatchObject({ pages: [{ page_id: 'closed/2', gain: 2 }] });
    const asked = graphql('{ trending(first: 1) { pageId } }');
    expect(await answerOf('token', asked, await tokenFor({ pages: ['open/*'] }))).toContain(
      '[{"pageId":"open/1"}]',
    );
  });

  it('are not opened by a public field beside them', async () => {
    const asked = graphql('{ _service { sdl } counter(pageId: "open/1") { count } }');
    expect(await codeOf('token', asked, await tokenFor({ pages: ['other'] }))).toBe('FORBIDDEN');
    expect(await codeOf('token', asked, null)).toBe('UNAUTHENTICATED');
  });
});
