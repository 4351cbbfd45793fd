/**
 * Goal    a scope holds on the pages of the token alone: every method that names a page, over REST and GraphQL.
 * Method  the app as it is, with a private Redis; tokens with a scope and pages; each method on a page inside and one outside.
 */
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startNotification } from '../start.js';
import { TestCaller } from '../testing/callers.js';

const SECRET = 'a secret of at least 32 characters';

/** A method on a page, over REST or GraphQL. */
type Method = (caller: TestCaller, page: string) => Promise<string | null>;

const graphql =
  (query: string): Method =>
  async (caller, page) =>
    (await caller.codes(query, { page }))[0] ?? null;
const rest =
  (verb: string, pathOf: (page: string) => string, bodyOf?: (page: string) => object): Method =>
  async (caller, page) => {
    const path = pathOf(encodeURIComponent(page));
    const [, answer] = await caller.rest(verb, path, bodyOf?.(page));
    return (answer as { code?: string } | null)?.code ?? null;
  };

/** Scope -> each method that needs it and names a page. */
const METHODS: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
  'pages:modify': {
    'POST /pages/:pageId/modifications': rest(
      'POST',
      (page) => `/pages/${page}/modifications`,
      () => ({ eventId: 'e1' }),
    ),
    'POST /modifications': rest(
      'POST',
      () => '/modifications',
      (pageId) => ({
        modifications: [
          { pageId: 'blog/1', eventId: 'e2' },
          { pageId, eventId: 'e2' },
        ],
      }),
    ),
    modifyPage: graphql(
      'mutation($page: ID!) { modifyPage(input: { pageId: $page, eventId: "e3" }) { counted } }',
    ),
    modifyPages: graphql(
      'mutation($page: ID!) { modifyPages(inputs: [{ pageId: $page, eventId: "e4" }]) { counted } }',
    ),
  },
  'users:act': {
    'PUT follow': rest('PUT', (page) => `/users/ann/follows/${page}`),
    'PUT mute': rest(
      'PUT',
      (page) => `/users/ann/follows/${page}/mute`,
      () => ({}),
    ),
    'DELETE follow': rest('DELETE', (page) => `/users/ann/follows/${page}`),
    follow: graphql('mutation($page: ID!) { follow(pageId: $page, userId: "ann") { pageId } }'),
    isFollowing: graphql('query($page: ID!) { isFollowing(pageId: $page, userId: "ann") }'),
    mute: graphql('mutation($page: ID!) { mute(pageId: $page, userId: "ann") { pageId } }'),
    unfollow: graphql('mutation($page: ID!) { unfollow(pageId: $page, userId: "ann") }'),
  },
};
/** With a cursor that is none: where the page is allowed, that is what is refused. */
const READS: Readonly<Record<string, Method>> = {
  'POST reads': rest(
    'POST',
    () => '/users/ann/reads',
    (pageId) => ({ pageId, cursor: 'x' }),
  ),
  markRead: graphql(
    'mutation($page: ID!) { markRead(pageId: $page, cursor: "x", userId: "ann") { total } }',
  ),
};

describe('a scope', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startNotification({
      ...{ NOTIFICATION_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      ...{ SIGNING_KEYS: TEST_SIGNING_KEYS, AUTH: 'jwt', AUTH_JWT_SECRET: SECRET },
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const callerWith = async (claims: object): Promise<TestCaller> => {
    const token = await new SignJWT({ sub: 'back end', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1 hour')
      .sign(Buffer.from(SECRET));
    return new TestCaller(app, { authorization: `Bearer ${token}` });
  };

  describe.each(Object.entries(METHODS))('%s', (scope, methods) => {
    it.each(Object.entries(methods))('of %s holds on the pages of its token', async (_, method) => {
      const pages = ['blog/*'];
      expect(await method(await callerWith({ scope, pages }), 'blog/1')).toBeNull();
      expect(await method(await callerWith({ scope, pages }), 'shop')).toBe('FORBIDDEN');
      expect(await method(await callerWith({ pages }), 'blog/1')).toBe('FORBIDDEN');
    });
  });

  it.each(Object.entries(READS))(
    'users:act of %s holds on the pages of its token',
    async (_, method) => {
      const backEnd = await callerWith({ scope: 'users:act', pages: ['blog/*'] });
      expect(await method(backEnd, 'blog/1')).toBe('BAD_REQUEST');
      expect(await method(backEnd, 'shop')).toBe('FORBIDDEN');
    },
  );

  it('pages:modify has counted nothing on a page outside, nor beside it', async () => {
    const read = new TestCaller(app, {});
    const query = 'query($page: ID!) { modifications(pageId: $page) }';
    expect(await read.ask('modifications', query, { page: 'shop' })).toBe(0);
    expect(await read.ask('modifications', query, { page: 'blog/1' })).toBe(4);
  });
});
