/**
 * Goal    with AUTH=off, only programs on this machine are served, also where a proxy or tunnel runs on it, and no foreign
 *         page reads or writes through the browser of a developer.
 * Method  the three apps in this process on loopback, as `npm start` has them, with a private Redis; plain HTTP.
 */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { TEST_SIGNING_KEYS, freePort, startRedis, type RedisServer } from '@headcount/testing';
import { startAllInOne, type AllInOne } from './start.js';

const STREAM = '/pages/home/stream';
const UPGRADE = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };

/** What each app has that strangers must not reach: method, path, and headers. */
const ENTRIES = {
  counterApi: [
    ['GET', '/home/counter', {}],
    ['PUT', '/home/counter', {}],
    ['POST', '/graphql', {}],
    ['GET', '/metrics', {}],
    ['GET', '/home/counter', { ...UPGRADE, upgrade: 'h2c' }],
  ],
  gateway: [
    ['GET', STREAM, {}],
    ['POST', '/graphql', {}],
    ['GET', '/graphql', { ...UPGRADE, 'sec-websocket-protocol': 'graphql-transport-ws' }],
    ['GET', STREAM, UPGRADE],
  ],
  notification: [
    ['GET', '/users/ann/unread', {}],
    ['POST', '/pages/home/modifications', {}],
    ['POST', '/graphql', {}],
  ],
} as const;
type App = keyof typeof ENTRIES;

const STRANGE = [
  { host: 'evil.example' },
  { host: 'localhost.evil.example:4000' },
  { 'x-forwarded-for': '203.0.113.9' },
  { forwarded: 'for=203.0.113.9' },
  { via: '1.1 tunnel' },
  { 'x-real-ip': '127.0.0.1' },
  { 'cf-connecting-ip': '203.0.113.9' },
];

describe('where AUTH is off', () => {
  let redis: RedisServer;
  let all: AllInOne;
  beforeAll(async () => {
    redis = await startRedis();
    const [api, gateway, notification] = await Promise.all([freePort(), freePort(), freePort()]);
    all = await startAllInOne({
      ...{ REDIS_URL: redis.url, LOG_LEVEL: 'silent', DRAIN_MS: '0' },
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      COUNTER_API_PORT: String(api),
      GATEWAY_PORT: String(gateway),
      NOTIFICATION_PORT: String(notification),
    });
  });
  afterAll(async () => {
    await all.close();
    await redis.stop();
  });

  /** Status and body of the answer. `fetch` would not let us say another host. */
  async function ask(
    app: App,
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const asked = request({ host: '127.0.0.1', port: all[app].port, method, path, headers });
    asked.end(method === 'GET' ? undefined : '{}');
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let body = '';
    for await (const part of answer.setEncoding('utf8')) body += String(part);
    return { status: answer.statusCode ?? 0, body };
  }

  describe.each(Object.keys(ENTRIES) as App[])('%s', (app) => {
    it.each(ENTRIES[app])('refuses strangers at %s %s %j', async (method, path, more) => {
      for (const strange of STRANGE) {
        const headers = { 'content-type': 'application/json', ...more, ...strange };
        const { status, body } = await ask(app, method, path, headers);
        expect([status, body]).toEqual([403, expect.stringContaining('"code":"NOT_LOCAL"')]);
        expect(body).toContain('set AUTH=jwt');
      }
    });

    it.each(['https://evil.example', 'null', 'http://localhost.evil.example'])(
      'lets no page of %s read what it answers',
      async (origin) => {
        const { url } = all[app];
        for (const method of ['OPTIONS', 'POST']) {
          const headers = {
            origin,
            'content-type': 'application/json',
            'access-control-request-method': 'POST',
          };
          const init = { method, headers, ...(method === 'POST' && { body: '{}' }) };
          const answer = await fetch(`${url}/graphql`, init);
          expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        }
      },
    );
  });

  it('programs and pages of this machine are served', async () => {
    for (const host of ['localhost', '127.0.0.1:1', '[::1]:4000', 'app.localhost'])
      expect((await ask('counterApi', 'GET', '/home/counter', { host })).status).toBe(200);
    const origin = 'http://localhost:5173';
    const answer = await fetch(`${all.counterApi.url}/home/counter`, { headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  });
});
