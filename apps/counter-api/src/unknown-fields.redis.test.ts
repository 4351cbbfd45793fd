/**
 * Goal    a body with a field that a write does not know is refused with the name of that field, and changes nothing; so is a body that
 *         is no object.
 * Method  the app as it is, with a private Redis; each write by its whole way, and the original PUT by its short one.
 */
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis } from '@headcount/testing';
import { startCounterApi } from './start.js';

const increment = { action: 'increment' };
const limit = { limit: 3, windowSeconds: 60 };

describe('a body of counter-api', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      VOTED_COUNTERS: 'stars',
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const send = async (
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    payload?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const hasBody = payload !== undefined;
    const answer = await app.nest.inject({
      ...{ method, url },
      headers: { ...(hasBody && { 'content-type': 'application/json' }), ...headers },
      ...(hasBody && { payload: JSON.stringify(payload) }),
    });
    return { status: answer.statusCode, body: answer.json<Readonly<Record<string, unknown>>>() };
  };
  const countOfHome = async (): Promise<number> =>
    (
      await app.nest.inject({
        method: 'GET',
        url: '/home/counter',
        headers: { accept: 'application/json' },
      })
    ).json<{ count: number }>().count;

  it.each([
    ['the original PUT', 'PUT', '/home/counter', { ...increment, viewerId: 'ann' }, 'viewerId'],
    ['a ttl without a viewer', 'PUT', '/home/counter', { ...increment, ttl: 30 }, 'ttl'],
    ['an amount', 'PUT', '/home/counter', { ...increment, by: 5 }, 'by'],
    ['a voter', 'PUT', '/home/counter', { ...increment, voter: 'ann' }, 'voter'],
    ['a durability', 'PUT', '/home/counter', { ...increment, durability: 'disk' }, 'durability'],
    ['a field of null', 'PUT', '/home/counter', { ...increment, key: null }, 'key'],
    ['a name with signs', 'PUT', '/home/counter', { ...increment, 'a/b~c d': 1 }, 'a~1b~0c%20d'],
    [
      'a lease',
      'PUT',
      '/home/counter',
      { ...increment, viewer: 'ann', ttlSeconds: 9 },
      'ttlSeconds',
    ],
    ['the end of one', 'PUT', '/home/counter', { action: 'decrement', viewer: 'ann', by: 1 }, 'by'],
    ['any counter', 'PUT', '/home/counters/viewers', { ...increment, amount: 5 }, 'amount'],
    ['the same by POST', 'POST', '/home/counters/viewers', { ...increment, By: 5 }, 'By'],
    [
      'a vote as a change',
      'PUT',
      '/home/counters/stars',
      { ...increment, voter: 'ann', by: 1 },
      'by',
    ],
    ['a vote', 'PUT', '/home/counters/stars/voters/ann', { choise: 'red' }, 'choise'],
    ['the end of a vote', 'DELETE', '/home/counters/stars/voters/ann', { choice: 'red' }, 'choice'],
    ['a set', 'PUT', '/home/counters/likes/value', { value: 3, why: 'x' }, 'why'],
    [
      'a batch',
      'POST',
      '/counters',
      { changes: [{ page: 'home', ...increment }], key: 'x' },
      'key',
    ],
    ['a limit', 'POST', '/limits/a', { ...limit, costs: 3 }, 'costs'],
  ] as const)(
    'of %s is refused by the name of what is not known',
    async (_, method, url, body, named) => {
      for (const headers of [{}, { prefer: 'the-whole-way' }]) {
        const refused = await send(method, url, body, headers);
        expect(refused).toMatchObject({
          status: 400,
          body: { code: 'BAD_REQUEST', errors: [{ pointer: `#/${named}` }] },
        });
        expect(String(refused.body.detail)).toContain(
          decodeURIComponent(named).replace('~1', '/').replace('~0', '~'),
        );
      }
      expect(await countOfHome()).toBe(0);
      expect((await send('GET', '/home/counters/stars')).body).toMatchObject({ count: 0 });
      expect((await send('POST', '/limits/a', { ...limit, cost: 0 })).body).toMatchObject({
        remaining: 3,
      });
    },
  );

  it('names the change of a batch that has it, and makes the others', async () => {
    const changes = [
      { page: 'batch', name: 'likes', ...increment },
      { page: 'batch', name: 'likes', ...increment, amount: 3 },
      null,
      ['likes'],
    ];
    const { body } = await send('POST', '/counters', { changes });
    expect(body).toMatchObject({
      results: [
        { counter: { count: 1 } },
        { problem: { code: 'BAD_REQUEST', errors: [{ pointer: '#/changes/1/amount' }] } },
        { problem: { code: 'BAD_REQUEST', errors: [{ pointer: '#/changes/2' }] } },
        { problem: { code: 'BAD_REQUEST', errors: [{ pointer: '#/changes/3' }] } },
      ],
    });
  });

  it.each([
    ['PUT', '/home/counter'],
    ['PUT', '/home/counters/viewers'],
    ['POST', '/home/counters/viewers'],
    ['PUT', '/home/counters/stars/voters/ann'],
    ['DELETE', '/home/counters/stars/voters/ann'],
    ['PUT', '/home/counters/likes/value'],
    ['POST', '/counters'],
    ['POST', '/limits/a'],
  ] as const)('of %s %s is refused where it is no object', async (method, url) => {
    for (const body of [null, [], [increment], 'increment', 1, true]) {
      const refused = await send(method, url, body);
      expect(refused).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
      expect(String(refused.body.detail)).toContain('JSON object');
    }
    expect(await countOfHome()).toBe(0);
  });
});
