/**
 * Goal    where AUTH is jwt a user acts for itself alone, and a back end for what its scopes allow.
 * Method  the app as it is, with a private Redis; requests over HTTP with tokens made here.
 */
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis } from '@headcount/testing';
import { startNotification } from '../start.js';
import { TestCaller } from '../testing/callers.js';

const SECRET = 'a secret of at least 32 characters';

describe('who may do what', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startNotification({
      NOTIFICATION_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      AUTH: 'jwt',
      AUTH_JWT_SECRET: SECRET,
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const tokenOf = async (sub: string, rights: { scope?: string; pages?: string[] } = {}) => {
    const token = await new SignJWT({ sub, ...rights })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1 hour')
      .sign(Buffer.from(SECRET));
    return new TestCaller(app, { authorization: `Bearer ${token}` });
  };
  const nobody = (): TestCaller => new TestCaller(app, { 'x-headcount-user': 'ann' });
  const MODIFY = 'mutation { modifyPage(input: { pageId: "home", eventId: "e1" }) { counted } }';
  const forAnn = (userId: string): string => `{ unread(userId: "${userId}") { total } }`;

  it('nobody does anything without a token, but read how often a page was modified', async () => {
    for (const query of [
      '{ unread { total } }',
      '{ isFollowing(pageId: "home") }',
      '{ history(pageId: "home") { edges { cursor } } }',
      'mutation { follow(pageId: "home") { pageId } }',
      MODIFY,
    ]) {
      expect(await nobody().codes(query)).toEqual(['UNAUTHENTICATED']);
    }
    expect(await nobody().codes('{ modifications(pageId: "home") }')).toEqual([]);
    expect((await nobody().rest('GET', '/users/ann/unread'))[0]).toBe(401);
  });

  it('how often a page was modified is told to the token for it where READS is token', async () => {
    const closed = await startNotification({
      ...{ NOTIFICATION_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal', READS: 'token' },
      ...{ SIGNING_KEYS: TEST_SIGNING_KEYS, AUTH: 'jwt', AUTH_JWT_SECRET: SECRET },
    });
    const { authorization } = (await tokenOf('ann', { pages: ['home'] })).headers;
    const ann = new TestCaller(closed, { authorization: String(authorization) });
    const stranger = new TestCaller(closed, {});
    const entity = (page: string) =>
      `{ _entities(representations: [{ __typename: "Page", pageId: "${page}" }]) { ... on Page { modifications } } }`;
    for (const ask of [(page: string) => `{ modifications(pageId: "${page}") }`, entity]) {
      expect(await stranger.codes(ask('home'))).toEqual(['UNAUTHENTICATED']);
      expect(await ann.codes(ask('home'))).toEqual([]);
      expect(await ann.codes(ask('shop'))).toEqual(['FORBIDDEN']);
    }
    await closed.close();
  });

  it('a user acts for the subject of the token', async () => {
    const ann = await tokenOf('ann');
    await ann.follow('home');
    expect(await ann.codes(forAnn('ann'))).toEqual([]);
    expect((await ann.rest('GET', '/users/ann/follows'))[1]).toMatchObject({
      items: [{ pageId: 'home' }],
    });
    expect(await (await tokenOf('bob')).counts()).toEqual({});
  });

  it('a user acts for nobody else, and a back end with users:act for anybody', async () => {
    const bob = await tokenOf('bob');
    expect(await bob.codes(forAnn('ann'))).toEqual(['FORBIDDEN']);
    expect(await bob.rest('DELETE', '/users/ann/follows/home')).toMatchObject([
      403,
      { code: 'FORBIDDEN' },
    ]);
    const backEnd = await tokenOf('back end', { scope: 'mail users:act' });
    expect(await backEnd.codes(forAnn('ann'))).toEqual([]);
    expect(await backEnd.codes(forAnn('a\\nb'))).toEqual(['BAD_VIEWER_ID']);
    expect((await backEnd.rest('GET', '/users/ann/follows'))[0]).toBe(200);
  });

  it('digests are for back ends with users:act', async () => {
    const digest = '{ digest(since: "2030-01-01T00:00:00Z") { edges { cursor } } }';
    expect(await (await tokenOf('ann')).codes(digest)).toEqual(['FORBIDDEN']);
    expect(await (await tokenOf('mailer', { scope: 'users:act' })).codes(digest)).toEqual([]);
  });

  it('modifications are told of with pages:modify', async () => {
    for (const caller of [await tokenOf('ann'), await tokenOf('x', { scope: 'users:act' })]) {
      expect(await caller.codes(MODIFY)).toEqual(['FORBIDDEN']);
      const posted = await caller.rest('POST', '/pages/home/modifications', { eventId: 'e1' });
      expect(posted[0]).toBe(403);
      expect((await caller.rest('POST', '/modifications', { modifications: [] }))[0]).toBe(403);
    }
    const cms = await tokenOf('cms', { scope: 'pages:modify' });
    expect(await cms.codes(MODIFY)).toEqual([]);
    expect(await cms.codes(forAnn('ann'))).toEqual(['FORBIDDEN']);
  });

  it('pages that the token does not allow to view are neither followed nor shown', async () => {
    const wide = await tokenOf('eve');
    for (const page of ['open/1', 'closed/1']) await wide.follow(page);
    const cms = await tokenOf('cms', { scope: 'pages:modify' });
    for (const page of ['open/1', 'closed/1']) await cms.modify(page, 'e1', { title: 'Secret' });
    const narrow = await tokenOf('eve', { pages: ['open/*'] });
    expect(await narrow.counts()).toEqual({ 'open/1': 1 });
    expect(await wide.counts()).toEqual({ 'open/1': 1, 'closed/1': 1 });
    for (const query of [
      'mutation { follow(pageId: "closed/2") { pageId } }',
      '{ isFollowing(pageId: "closed/1") }',
      '{ history(pageId: "closed/1") { edges { cursor } } }',
    ]) {
      expect(await narrow.codes(query)).toEqual(['FORBIDDEN']);
    }
    const [, follows] = await narrow.rest('GET', '/users/eve/follows');
    expect(follows).toMatchObject({ items: [{ pageId: 'open/1' }], next: null });
  });
});
