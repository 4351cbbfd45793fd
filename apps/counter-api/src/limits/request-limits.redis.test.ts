/**
 * Goal    counter-api holds callers and addresses to their limits by what their requests weigh, each for itself, whatever they say of
 *         where they come from.
 * Method  the app as it is, with a private Redis; what is left is read from the fields of the answers.
 */
import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, startRedis, type RedisServer } from '@headcount/testing';
import { startCounterApi } from '../start.js';

const SECRET = 'a secret of at least 32 characters';
const KEY = `hck_${'a'.repeat(43)}`;
const SHA256 = createHash('sha256').update(KEY).digest('hex');

const bearer = async (sub: string): Promise<Record<string, string>> => {
  const token = new SignJWT({ sub, counters: ['*'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1 hour')
    .sign(Buffer.from(SECRET));
  return { authorization: `Bearer ${await token}` };
};
const JWT = { AUTH: 'jwt', AUTH_JWT_SECRET: SECRET };

describe('the limits of requests', () => {
  let redis: RedisServer;
  const apps: RunningApp[] = [];
  const start = async (settings: Record<string, string>): Promise<RunningApp> => {
    const started = await startCounterApi({
      ...{ COUNTER_API_PORT: '0', DATAGRAM_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'silent' },
      ...{ SIGNING_KEYS: TEST_SIGNING_KEYS, ...JWT },
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

  const read = (app: RunningApp, headers: Record<string, string> = {}, path = '/home/counter') =>
    fetch(app.url + path, { headers: { accept: 'application/json', ...headers } });
  const post = (app: RunningApp, path: string, body: unknown, headers: Record<string, string>) =>
    fetch(app.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  /** What the answer says is left of a caller's or an address's limit; null: nothing is said. */
  const leftOf = ({ headers }: Response): number | null => {
    const [, left] = /r=(\d+)/.exec(headers.get('ratelimit') ?? '') ?? [];
    return left === undefined ? null : Number(left);
  };
  const batchOf = (count: number, site = 'p') => ({
    changes: Array.from({ length: count }, (_, at) => ({
      ...{ page: `${site}${at}`, action: 'increment' },
    })),
  });

  it('have a safe default where AUTH is jwt: for each caller, and for addresses without a good token', async () => {
    const app = await start({});
    const policyOf = async (headers: Record<string, string>, path?: string) =>
      (await read(app, headers, path)).headers.get('ratelimit-policy');
    expect(await policyOf(await bearer('ann'))).toBe('"caller";q=1000;w=1');
    expect(await policyOf({ authorization: 'Bearer none' })).toBe('"address";q=1000;w=1');
    expect(await policyOf({})).toBe('"address";q=1000;w=1');
    expect(await policyOf({}, '/health/live')).toBeNull();
    const off = await start({ RATE_LIMIT_PER_ADDRESS: 'off' });
    expect(leftOf(await read(off))).toBeNull();
  });

  it('hold a flood of costly queries without a token to its address', async () => {
    const app = await start({});
    const query = 'query($p: [ID!]!) { counters(pageIds: $p) { count } }';
    const variables = { p: Array.from({ length: 1000 }, (_, at) => `p${at}`) };
    const flood = Array.from({ length: 40 }, () => post(app, '/graphql', { query, variables }, {}));
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect((await read(app, await bearer('ann'))).status).toBe(200);
  });

  it('weigh a batch by its size, an operation by its cost, and reading many by a fifth', async () => {
    const app = await start({ RATE_LIMIT_PER_CALLER: '6000/60' });
    const who = await bearer('weigher');
    expect(leftOf(await post(app, '/counters', batchOf(1000), who))).toBe(5000);
    expect(leftOf(await read(app, who))).toBe(4999);
    const pages = Array.from({ length: 100 }, (_, at) => `page=p${at}`).join('&');
    expect(leftOf(await read(app, who, `/counters?${pages}`))).toBe(4979);
    const query = 'query($p: [ID!]!) { counters(pageIds: $p) { count } }';
    const variables = { p: Array.from({ length: 100 }, (_, at) => `p${at}`) };
    // The first two are executed, the third is answered in the short way.
    let left = 4979;
    const taken: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const after = leftOf(await post(app, '/graphql', { query, variables }, who)) ?? 0;
      taken.push(left - after);
      left = after;
    }
    expect(taken[0]).toBeGreaterThanOrEqual(20);
    expect(taken).toEqual(Array(3).fill(taken[0]));
  });

  it('refuse what is beyond them, with nothing changed, and leave others alone', async () => {
    const app = await start({ RATE_LIMIT_PER_CALLER: '12/3600' });
    const carl = await bearer('carl');
    expect(leftOf(await post(app, '/counters', batchOf(10), carl))).toBe(2);
    const over = await post(app, '/counters', batchOf(10, 'refused'), carl);
    expect([over.status, await over.json()]).toMatchObject([429, { code: 'TOO_MANY' }]);
    expect(over.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
    const counter = await read(app, {}, '/refused0/counter');
    expect(await counter.json()).toMatchObject({ count: 0 });
    const aliases = Array.from({ length: 40 }, (_, at) => `a${at}: counter(pageId: "p") { count }`);
    const inGraphql = await post(app, '/graphql', { query: `{ ${aliases.join(' ')} }` }, carl);
    expect([inGraphql.status, await inGraphql.json()]).toMatchObject([
      429,
      { errors: [{ extensions: { code: 'TOO_MANY' } }] },
    ]);
    expect((await post(app, '/counters', batchOf(10), await bearer('dora'))).status).toBe(200);
    // What weighs more than the limit takes all of it.
    expect(leftOf(await post(app, '/counters', batchOf(100), await bearer('emil')))).toBe(0);
  });

  it('of an address do not heed what a stranger says, and know the clients of a trusted proxy', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const alone = await start({ RATE_LIMIT_PER_ADDRESS: '100/3600' });
    expect(leftOf(await read(alone, from('198.51.100.1')))).toBe(99);
    expect(leftOf(await read(alone, { forwarded: 'for=198.51.100.2' }))).toBe(98);

    const behind = await start({
      ...{ TRUSTED_PROXIES: '127.0.0.1', RATE_LIMIT_PER_ADDRESS: '20/3600' },
    });
    expect(leftOf(await read(behind, from('1.1.1.1, 198.51.100.1')))).toBe(19);
    expect(leftOf(await read(behind, from('2.2.2.2, 198.51.100.1')))).toBe(18);
    expect(leftOf(await read(behind, from('198.51.100.2')))).toBe(19);
    const left: (number | null)[] = [];
    for (let host = 1; host <= 20; host += 1)
      left.push(leftOf(await read(behind, from(`2001:db8::${host}`))));
    expect(left).toEqual(Array.from({ length: 20 }, (_, at) => 19 - at));
    expect((await read(behind, from('2001:db8::ffff'))).status).toBe(429);
    expect((await read(behind, from('2001:db8:0:1::1'))).status).toBe(200);
  });

  it('of API keys are their own', async () => {
    const API_KEYS = JSON.stringify({ name: 'cms', sha256: SHA256 });
    const service = { authorization: `Bearer ${KEY}` };
    const qOf = async (settings: Record<string, string>): Promise<string | null> =>
      (await read(await start({ API_KEYS, ...settings }), service)).headers.get('ratelimit-policy');
    expect(await qOf({})).toBe('"caller";q=10000;w=1');
    expect(await qOf({ RATE_LIMIT_PER_CALLER: '9/60' })).toBe('"caller";q=9;w=60');
    expect(await qOf({ RATE_LIMIT_PER_CALLER: '9/60', RATE_LIMIT_PER_SERVICE: 'off' })).toBeNull();
  });
});
