/**
 * Goal    a scope holds on the pages of the token alone: every method that needs one, over REST and GraphQL.
 * Method  the app as it is, with a private Redis; tokens with a scope and pages; each method on a page inside and one outside.
 */
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startCounterApi } from './start.js';

const SECRET = 'a secret of at least 32 characters';

/** A request about a page. */
type Request = (page: string) => { method: string; path: string; body?: object };

const graphql =
  (query: string): Request =>
  (page) => ({
    ...{ method: 'POST', path: '/graphql', body: { query, variables: { page } } },
  });

const voter = (page: string): string => `/${encodeURIComponent(page)}/counters/likes/voters/bob`;
const LIMIT = { limit: 100, windowSeconds: 60 };

/** Scope -> each method that needs it and names a page, or the key of a limit, which is written as one. */
const METHODS: Readonly<Record<string, Readonly<Record<string, Request>>>> = {
  'limits:take': {
    'POST /limits/:key': (page) => ({
      ...{ method: 'POST', path: `/limits/${encodeURIComponent(page)}`, body: LIMIT },
    }),
    allow: graphql(
      'mutation($page: ID!) { allow(key: $page, limit: 100, windowSeconds: 60) { allowed } }',
    ),
  },
  'users:act': {
    'GET voter': (page) => ({ method: 'GET', path: voter(page) }),
    'PUT voter': (page) => ({ method: 'PUT', path: voter(page), body: {} }),
    'DELETE voter': (page) => ({ method: 'DELETE', path: voter(page) }),
    'PUT vote': (page) => ({
      ...{ method: 'PUT', path: `/${encodeURIComponent(page)}/counters/likes` },
      body: { action: 'increment', voter: 'bob' },
    }),
    'the query vote': graphql(
      'query($page: ID!) { vote(pageId: $page, name: "likes", voter: "bob") { voted } }',
    ),
    vote: graphql(
      'mutation($page: ID!) { vote(pageId: $page, name: "likes", voter: "bob") { voted } }',
    ),
    unvote: graphql(
      'mutation($page: ID!) { unvote(pageId: $page, name: "likes", voter: "bob") { voted } }',
    ),
    'PUT lease': (page) => ({
      ...{ method: 'PUT', path: `/${encodeURIComponent(page)}/counter` },
      body: { action: 'increment', viewer: 'bob', ttl: 1 },
    }),
    leaseViewer: graphql(
      'mutation($page: ID!) { leaseViewer(pageId: $page, viewer: "bob", ttlSeconds: 1) { count } }',
    ),
    endLease: graphql('mutation($page: ID!) { endLease(pageId: $page, viewer: "bob") { count } }'),
  },
};

describe('a scope', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      ...{ COUNTER_API_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      ...{ SIGNING_KEYS: TEST_SIGNING_KEYS, AUTH: 'jwt', AUTH_JWT_SECRET: SECRET },
      VOTED_COUNTERS: 'likes',
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  /** The code of the refusal, or null. */
  const send = async (request: ReturnType<Request>, claims: object): Promise<string | null> => {
    const { method, path, body } = request;
    const token = await new SignJWT({ sub: 'back end', ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1 hour')
      .sign(Buffer.from(SECRET));
    const answer = await fetch(app.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return /"code":"(\w+)"/.exec(await answer.text())?.[1] ?? null;
  };

  describe.each(Object.entries(METHODS))('%s', (scope, methods) => {
    it.each(Object.entries(methods))('of %s holds on the pages of its token', async (_, of) => {
      const pages = ['blog/*'];
      expect(await send(of('blog/1'), { scope, pages })).toBeNull();
      expect(await send(of('shop'), { scope, pages })).toBe('FORBIDDEN');
      expect(await send(of('blog/1'), { pages, counters: ['*'], votes: ['*'] })).toBe('FORBIDDEN');
    });
  });
});
