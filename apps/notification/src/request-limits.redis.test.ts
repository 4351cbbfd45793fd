/**
 * Goal    notification holds callers to their limits by what their requests weigh, together with counter-api where a limit is set.
 * Method  the app as it is, with a private Redis; what is left is read from the fields of the answers.
 */
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startNotification } from './start.js';

const SECRET = 'a secret of at least 32 characters';

describe('the limits of requests of notification', () => {
  let redis: RedisServer;
  const apps: RunningApp[] = [];
  const start = async (settings: Record<string, string>): Promise<RunningApp> => {
    const started = await startNotification({
      ...{ NOTIFICATION_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'silent' },
      ...{ SIGNING_KEYS: TEST_SIGNING_KEYS, AUTH: 'jwt', AUTH_JWT_SECRET: SECRET },
      ...settings,
    });
    apps.push(started);
    return started;
  };
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const started of apps) await started.close();
    await redis.stop();
  });

  const bearer = async (sub: string): Promise<Record<string, string>> => {
    const token = new SignJWT({ sub, scope: 'pages:modify' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1 hour')
      .sign(Buffer.from(SECRET));
    return { authorization: `Bearer ${await token}` };
  };
  const modify = (app: RunningApp, count: number, headers: Record<string, string>) =>
    fetch(`${app.url}/modifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        modifications: Array.from({ length: count }, (_, at) => ({
          pageId: `p${at}`,
          eventId: 'e',
        })),
      }),
    });
  const leftOf = ({ headers }: Response): string | undefined =>
    /r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1];

  it('have a safe default for callers, and weigh a list of events by its length', async () => {
    const app = await start({});
    expect(leftOf(await modify(app, 50, await bearer('ann')))).toBe('950');
    expect(leftOf(await modify(app, 1, await bearer('bob')))).toBe('999');
  });

  it('are those of all apps of the region where they are set', async () => {
    const [one, other] = [
      await start({ RATE_LIMIT_PER_CALLER: '60/3600' }),
      await start({ RATE_LIMIT_PER_CALLER: '60/3600' }),
    ];
    const ann = await bearer('ann');
    expect(leftOf(await modify(one, 50, ann))).toBe('10');
    const refused = await modify(other, 50, ann);
    expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'TOO_MANY' }]);
    expect(leftOf(await modify(other, 5, await bearer('bob')))).toBe('55');
  });
});
