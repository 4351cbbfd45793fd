/**
 * Goal    with EXPORT_DATABASE_URL counter-apis write what their region counts to a database, each its own buckets, and go on
 *         serving where there is none; a wrong address stops the start.
 * Method  the app as it is: two of one region and one of another, a Redis a region, one database. Requests over HTTP.
 */
import { Client } from 'pg';
import { ConfigError, type RunningApp } from '@headcount/platform';
import {
  TcpProxy,
  freePort,
  startDatabase,
  startRedis,
  until,
  type DatabaseServer,
  type RedisServer,
} from '@headcount/testing';
import { startCounterApi } from '../start.js';

const KEYS = 'test:export-test-0123456789';
const PAGES = Array.from({ length: 12 }, (_, place) => `page-${place}`);
const PATIENCE = { timeoutMs: 20_000 };

describe('the export', () => {
  let database: DatabaseServer;
  let proxy: TcpProxy;
  let sql: Client;
  const redis: RedisServer[] = [];
  const apps: RunningApp[] = [];

  const start = async (region: string, port: number, server: RedisServer, peer: string) =>
    startCounterApi({
      ...{
        REGION: region,
        PEERS: peer,
        REDIS_URL: server.url,
        COUNTER_API_PORT: '0',
        COUNTER_API_INTERNAL_PORT: String(port),
      },
      ...{ LOG_LEVEL: 'fatal', SIGNING_KEYS: KEYS, SYNC_INTERVAL_MS: '200', TICK_MS: '20' },
      ...{
        BUCKETS: '16',
        EXPORT_INTERVAL_MS: '100',
        EXPORT_DATABASE_URL: database.url(proxy.port),
      },
    });

  beforeAll(async () => {
    database = await startDatabase();
    proxy = await TcpProxy.to(database.port);
    sql = new Client(database.url());
    await sql.connect();
    redis.push(await startRedis(), await startRedis());
    const [ams, fra] = [await freePort(), await freePort()];
    const [here, there] = redis as [RedisServer, RedisServer];
    apps.push(await start('ams', ams, here, `fra=http://127.0.0.1:${fra}`));
    apps.push(await start('ams', await freePort(), here, `fra=http://127.0.0.1:${fra}`));
    // An app starts without it.
    proxy.refuse();
    apps.push(await start('fra', fra, there, `ams=http://127.0.0.1:${ams}`));
  }, 90_000);
  afterAll(async () => {
    for (const app of apps) await app.close();
    await sql.end();
    await proxy.close();
    await database.stop();
    for (const server of redis) await server.stop();
  });

  const like = async (app: number, page: string, times: number) => {
    const query = `mutation { incrementCounter(pageId: "${page}", name: "likes", by: ${times}) { count } }`;
    const response = await fetch(`${apps[app]?.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect(await response.json()).not.toHaveProperty('errors');
  };
  const counts = async () => {
    const { rows } = await sql.query<{ page: string; count: string; agreed: boolean }>(
      `SELECT page, min(count) AS count, count(*) = 2 AND min(count) = max(count) AS agreed
       FROM headcount_counters WHERE name = 'likes' GROUP BY page`,
    );
    return Object.fromEntries(
      rows.map(({ page, count, agreed }) => [page, agreed && Number(count)]),
    );
  };
  const showing = (expected: Record<string, number>) =>
    until(async () => expect(await counts()).toEqual(expected) ?? true, PATIENCE);
  const metric = async (app: number, name: string): Promise<number> => {
    const text = await (await fetch(`${apps[app]?.internalUrl}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`headcount_${name}`));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  it('has all that two regions have counted, once the database is there', async () => {
    const expected: Record<string, number> = {};
    for (const [place, page] of PAGES.entries()) {
      await like(place % 3, page, place + 1);
      await like((place + 1) % 3, page, 10);
      expected[page] = place + 11;
    }
    await until(async () => (await metric(2, 'export_failures_total')) > 0, PATIENCE);
    proxy.resume();
    await showing(expected);
  }, 60_000);

  it('is shared by the counter-apis of a region, and taken over from one that stops', async () => {
    const before = await Promise.all([0, 1].map((app) => metric(app, 'export_rows_total')));
    for (const page of PAGES) await like(0, page, 100);
    for (const app of [0, 1])
      await until(
        async () => (await metric(app, 'export_rows_total')) > (before[app] ?? 0),
        PATIENCE,
      );
    await apps.splice(1, 1)[0]?.close();
    const expected = Object.fromEntries(PAGES.map((page, place) => [page, place + 1111]));
    for (const page of PAGES) await like(0, page, 1000);
    await until(async () => (await metric(0, 'export_lag_seconds')) < 5, PATIENCE);
    await showing(expected);
  }, 60_000);

  it('does not start with an address that is none, and says what to write, but not what was given', async () => {
    const wrong = {
      REDIS_URL: redis[0]?.url,
      SIGNING_KEYS: KEYS,
      EXPORT_DATABASE_URL: 'mysql://root:hunter2@db/app',
    };
    const refused = startCounterApi(wrong).catch((cause: unknown) => cause);
    expect(await refused).toBeInstanceOf(ConfigError);
    const [fault] = ((await refused) as ConfigError).faults;
    expect(fault).toBe(
      'EXPORT_DATABASE_URL must be a postgres:// or postgresql:// address with a host and the name of a database, ' +
        'for example postgres://headcount:secret@db.internal:5432/headcount; the one given is not.',
    );
  });
});
