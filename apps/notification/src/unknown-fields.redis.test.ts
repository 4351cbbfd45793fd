/**
 * Goal    a body with a field that a write does not know is refused with the name of that field, and changes nothing; so is a body that
 *         is no object.
 * Method  the app as it is, with a private Redis; each write over HTTP.
 */
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis } from '@headcount/testing';
import { startNotification } from './start.js';
import { TestCaller } from './testing/callers.js';

describe('a body of notification', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let ann: TestCaller;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startNotification({
      NOTIFICATION_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
    });
    ann = new TestCaller(app, { 'x-headcount-user': 'ann' });
    for (const page of ['home', 'blog']) await ann.rest('PUT', `/users/ann/follows/${page}`);
    for (const page of ['home', 'blog'])
      await ann.rest('POST', `/pages/${page}/modifications`, { eventId: 'e1' });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const state = async () => [await ann.counts(), (await ann.rest('GET', '/users/ann/follows'))[1]];

  it.each([
    ['page_id', 'POST', '/users/ann/reads', { page_id: 'home' }],
    ['page', 'POST', '/users/ann/reads', { page: 'home' }],
    ['pageid', 'POST', '/users/ann/reads', { pageid: 'home' }],
    ['pageID', 'POST', '/users/ann/reads', { pageID: 'home' }],
    ['until_', 'PUT', '/users/ann/follows/home/mute', { until_: '2030-10-10T12:11:42Z' }],
    ['actorId', 'POST', '/pages/home/modifications', { eventId: 'e2', actorId: 'ann' }],
    ['pageId', 'POST', '/pages/home/modifications', { eventId: 'e2', pageId: 'blog' }],
    ['until', 'PUT', '/users/ann/follows/news', { until: null }],
    ['until', 'DELETE', '/users/ann/follows/home', { until: null }],
    ['at', 'POST', '/modifications', { modifications: [], at: null }],
    [
      'modifications/1/by',
      'POST',
      '/modifications',
      {
        modifications: [
          { pageId: 'home', eventId: 'e3' },
          { pageId: 'home', eventId: 'e4', by: 'ann' },
        ],
      },
    ],
  ] as const)('is refused for %s in %s %s', async (named, method, path, body) => {
    const before = await state();
    const { cursor } = await ann.unread();
    const payload = path.endsWith('/reads') ? { cursor, ...body } : body;
    const [status, problem] = await ann.rest(method, path, payload);
    expect([status, problem]).toMatchObject([
      400,
      { code: 'BAD_REQUEST', errors: [{ pointer: `#/${named}` }] },
    ]);
    expect((problem as { detail: string }).detail).toContain(named.replaceAll('/', '.'));
    expect(await state()).toEqual(before);
  });

  it.each([
    ['POST', '/users/ann/reads'],
    ['PUT', '/users/ann/follows/home'],
    ['DELETE', '/users/ann/follows/home'],
    ['PUT', '/users/ann/follows/home/mute'],
    ['POST', '/pages/home/modifications'],
    ['POST', '/modifications'],
  ] as const)('of %s %s is refused where it is no object', async (method, path) => {
    const before = await state();
    for (const body of [null, [], [{}], 'text', 7, false]) {
      const [status, problem] = await ann.rest(method, path, body);
      expect([status, problem]).toMatchObject([400, { code: 'BAD_REQUEST' }]);
      expect((problem as { detail: string }).detail).toContain('JSON object');
    }
    expect(await state()).toEqual(before);
  });

  it('is refused by the name of a field of another type', async () => {
    const [, problem] = await ann.rest('POST', '/pages/home/modifications', { eventId: 7 });
    expect(problem).toMatchObject({ errors: [{ pointer: '#/eventId' }] });
  });
});
