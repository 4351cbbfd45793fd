/**
 * Goal    counter-apis of several regions come to show the same, directly or through a third one; who says nothing is
 *         stale and named, and fresh again when it is back; what a region lost its peers give back.
 * Method  the app as it is, a Redis a region, requests over HTTP; a proxy before one region so that it can be cut off.
 *         Periods are short, and everything is waited for.
 */
import { TcpProxy, freePort, startRedis, until, type RedisServer } from '@headcount/testing';
import { bucketOf } from '@headcount/protocol';
import type { RunningApp } from '@headcount/platform';
import { startCounterApi } from '../start.js';
import { KEYS, TestGateway } from '../intake/testing/test-gateway.js';

const PATIENCE_MS = 15_000;

interface Region {
  readonly name: string;
  readonly redis: RedisServer;
  readonly app: RunningApp;
}

describe('regions', () => {
  const regions: Region[] = [];
  const gateways: TestGateway[] = [];
  let proxy: TcpProxy;

  /** A chain: a and c meet through b alone, and b reaches a through the proxy. */
  beforeAll(async () => {
    const [a, b, c] = [await freePort(), await freePort(), await freePort()];
    proxy = await TcpProxy.to(a);
    const peers = {
      a: `b=http://127.0.0.1:${b}`,
      b: `a=http://127.0.0.1:${proxy.port},c=http://127.0.0.1:${c}`,
      c: `b=http://127.0.0.1:${b}`,
    };
    for (const [name, port] of Object.entries({ a, b, c })) {
      const redis = await startRedis();
      const app = await startCounterApi({
        COUNTER_API_PORT: '0',
        COUNTER_API_INTERNAL_PORT: String(port),
        GATEWAY_URLS: 'http://127.0.0.1:*',
        REDIS_URL: redis.url,
        LOG_LEVEL: 'fatal',
        REGION: name,
        PEERS: peers[name as keyof typeof peers],
        SIGNING_KEYS: KEYS.map(({ id, secret }) => `${id}:${secret}`).join(),
        SYNC_INTERVAL_MS: '200',
        TICK_MS: '20',
        BUCKETS: '64',
      });
      regions.push({ name, redis, app });
    }
  }, 60_000);
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
    for (const { app } of regions) await app.close();
    await proxy.close();
    for (const { redis } of regions) await redis.stop();
  });

  const at = (name: string): Region => {
    const region = regions.find((one) => one.name === name);
    if (!region) throw new Error(`no region ${name}`);
    return region;
  };
  const ask = async (name: string, query: string) => {
    const response = await fetch(`${at(name).app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as {
      readonly data: Record<string, never>;
      readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
    };
  };
  const like = (name: string, page: string, opId?: string) =>
    ask(
      name,
      `mutation { incrementCounter(pageId: "${page}", name: "likes"${opId ? `, opId: "${opId}"` : ''}) { count } }`,
    );
  const counter = async (name: string, page: string, of = 'likes') =>
    (await ask(name, `{ counter(pageId: "${page}", name: "${of}") { count staleRegions } }`)).data[
      'counter'
    ] as never as { readonly count: number; readonly staleRegions: readonly string[] };
  const shows = (name: string, page: string, count: number, of = 'likes') =>
    until(async () => (await counter(name, page, of)).count === count, {
      what: `${count} ${of} of ${page} in ${name}`,
      timeoutMs: PATIENCE_MS,
    });
  const everywhere = async (page: string, count: number, of = 'likes') => {
    for (const { name } of regions) await shows(name, page, count, of);
  };
  const staleIn = (name: string, stale: readonly string[], page = 'home') =>
    until(async () => (await counter(name, page, 'viewers')).staleRegions.join() === stale.join(), {
      what: `${stale.join() || 'nobody'} stale in ${name}`,
      timeoutMs: PATIENCE_MS,
    });

  it('show everywhere what was written anywhere, once a client id', async () => {
    await like('a', 'home', 'one');
    await like('c', 'home', 'one');
    await like('b', 'home');
    await everywhere('home', 2);
  });

  it('show everywhere who is there', async () => {
    const page = 'people';
    const gateway = await new TestGateway(at('a').app.internalUrl).open();
    gateways.push(gateway);
    const bucket = bucketOf(page, 64);
    await gateway.sync([], { buckets: 64 });
    // Whoever does not sync is reaped.
    const syncing = setInterval(
      () => void gateway.sync([[bucket, 1, '', 0, 0]], { buckets: 64 }),
      100,
    );
    await gateway.feed([{ bucket, from: 0, to: 1, entries: [[page, 3, 4]] }]);
    await everywhere(page, 3, 'viewers');
    await gateway.feed([{ bucket, from: 1, to: 2, entries: [[page, 0, 0]] }]);
    clearInterval(syncing);
    await everywhere(page, 0, 'viewers');
  });

  it('tell a client that what it wrote elsewhere is not here yet, and show it once it is', async () => {
    const written = await ask(
      'a',
      'mutation { incrementCounter(pageId: "own", name: "likes") { version } }',
    );
    const { version } = written.data['incrementCounter'] as never as { version: string };
    const read = (page: string) =>
      ask('c', `{ counter(pageId: "${page}", name: "likes", minVersion: "${version}") { count } }`);
    await until(
      async () => {
        const { data, errors } = await read('own');
        if (errors) return errors[0]?.extensions.code === 'NOT_YET_HERE' ? false : errors;
        return (data['counter'] as never as { count: number }).count === 1;
      },
      { what: 'the own write in another region', timeoutMs: PATIENCE_MS },
    );
    expect((await read('another')).errors?.[0]?.extensions.code).toBe('BAD_VERSION');
  });

  it('give back what one of them has lost', async () => {
    await like('a', 'lost');
    await everywhere('lost', 1);
    await at('b').redis.flush();
    await like('b', 'lost');
    await everywhere('lost', 2);
  });

  it('name who has not been heard of, and count it again when it is back', async () => {
    proxy.refuse();
    await staleIn('b', ['a']);
    await staleIn('c', ['a']);
    await like('a', 'apart');
    expect((await counter('c', 'apart')).count).toBe(0);
    proxy.resume();
    await staleIn('b', []);
    await staleIn('c', []);
    await everywhere('apart', 1);
  });

  it('take out of service only who is not heard of', async () => {
    const refused = await ask('b', 'mutation { retireRegion(name: "c") { name } }');
    expect(refused.errors?.[0]?.extensions.code).toBe('REGION_IN_USE');
    await at('c').app.close();
    await staleIn('a', ['c']);
    await staleIn('b', ['c']);
    // On a machine that stalls it may have been stale since before its last heartbeat came: in use for a moment more.
    const retired = await until(
      () => ask('b', 'mutation { retireRegion(name: "c") { name stale } }'),
      {
        what: 'c out of service',
        timeoutMs: PATIENCE_MS,
        accept: ({ errors }) => errors?.[0]?.extensions.code !== 'REGION_IN_USE',
      },
    );
    expect(retired.data['retireRegion']).toEqual([
      { name: 'b', stale: false },
      { name: 'a', stale: false },
    ]);
    await staleIn('b', []);
    await staleIn('a', []);
  });
});
