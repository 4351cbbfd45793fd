/**
 * Goal    two regions that sell what both may sell sell all of it and nothing twice, whoever has the rights; parted they sell
 *         what is theirs and say so of the rest; whoever asks sees where the rights are.
 * Method  the app as it is, a Redis a region, requests over HTTP; proxies between the regions so that they can be parted.
 */
import type { RunningApp } from '@headcount/platform';
import { PATHS } from '@headcount/protocol';
import { TcpProxy, freePort, startRedis, until, type RedisServer } from '@headcount/testing';
import { KEYS } from '../intake/testing/test-gateway.js';
import { startCounterApi } from '../start.js';

interface Answer {
  readonly data?: Record<string, never> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

interface Region {
  readonly name: string;
  readonly redis: RedisServer;
  readonly app: RunningApp;
  /** The way to it from the other region. */
  readonly proxy: TcpProxy;
}

const PATIENCE = { timeoutMs: 15_000 };

describe('bounded counters of counter-api', () => {
  let ams: Region;
  let fra: Region;
  const both = () => [ams, fra];

  beforeAll(async () => {
    const ports = [await freePort(), await freePort()] as const;
    const ways = [await TcpProxy.to(ports[0]), await TcpProxy.to(ports[1])] as const;
    const start = async (place: 0 | 1): Promise<Region> => {
      const other = place === 0 ? 1 : 0;
      const name = place === 0 ? 'ams' : 'fra';
      const redis = await startRedis();
      const app = await startCounterApi({
        ...{
          COUNTER_API_PORT: '0',
          COUNTER_API_INTERNAL_PORT: String(ports[place]),
          REDIS_URL: redis.url,
          LOG_LEVEL: 'fatal',
        },
        ...{ REGION: name, TICK_MS: '10', BUCKETS: '8' },
        // A peer that a stalling machine has silenced for four of these is stale, and not waited for by one that has forgotten.
        SYNC_INTERVAL_MS: '1000',
        PEERS: `${place === 0 ? 'fra' : 'ams'}=http://127.0.0.1:${ways[other].port}`,
        SIGNING_KEYS: KEYS.map(({ id, secret }) => `${id}:${secret}`).join(),
        BOUNDED_COUNTERS: 'available,seats.*',
        // A machine that stalls must not make outcomes unknown: they are counted here.
        WRITE_DEADLINE_MS: '20000',
      });
      return { name, redis, app, proxy: ways[place] };
    };
    [ams, fra] = [await start(0), await start(1)];
  }, 60_000);
  afterAll(async () => {
    for (const { app } of both()) await app.close();
    for (const { redis, proxy } of both()) {
      await proxy.close();
      await redis.stop();
    }
  });

  const graphql = async ({ app }: Region, query: string): Promise<Answer> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer;
  };
  /** What became of it: the count after it, or the code of the refusal. */
  const change = async (region: Region, kind: 'increment' | 'decrement', page: string, by = 1) => {
    const args = `pageId: "${page}", name: "available", by: ${by}`;
    const { data, errors } = await graphql(
      region,
      `mutation { changed: ${kind}Counter(${args}) { count } }`,
    );
    const changed = data?.['changed'] as { readonly count: number } | undefined;
    return errors?.[0]?.extensions.code ?? changed?.count;
  };
  const count = async ({ app }: Region, page: string) => {
    const shown = (await (await fetch(`${app.url}/${page}/counters/available`)).json()) as {
      count: number;
    };
    return shown.count;
  };
  const quota = async (region: Region, page: string) =>
    (
      await graphql(
        region,
        `{ quota(pageId: "${page}", name: "available") { count here ready regions { region rights } } }`,
      )
    ).data?.['quota'] as never as {
      readonly count: number;
      readonly here: number;
      readonly ready: boolean;
      readonly regions: readonly { readonly region: string; readonly rights: number }[];
    };
  /** A peer that was parted for long enough, and is not waited for until it has been heard again. */
  const isStale = async (region: Region, peer: string) => {
    const { data } = await graphql(region, '{ regions { name stale } }');
    const regions = data?.['regions'] as never as readonly { name: string; stale: boolean }[];
    return regions.find(({ name }) => name === peer)?.stale;
  };
  const everywhere = async (page: string, wanted: number) => {
    for (const region of both())
      await until(async () => (await count(region, page)) === wanted, {
        what: `${wanted} of ${page} in ${region.name}`,
        ...PATIENCE,
      });
  };

  it('sell all that there is and nothing twice, in both regions at the same time', async () => {
    await change(ams, 'increment', 'cars', 1000);
    let sold = 0;
    const refusals = new Set<unknown>();
    const sell = async (region: Region) => {
      for (let buyer = 0; buyer < 20; buyer += 1) {
        const outcome = await change(region, 'decrement', 'cars', 5);
        if (typeof outcome === 'number') sold += 5;
        else refusals.add(outcome);
      }
    };
    await Promise.all(both().flatMap((region) => Array.from({ length: 6 }, () => sell(region))));
    expect(sold).toBe(1000);
    // On a machine that stalls the own store may be silent; nothing is changed then either.
    const clear: unknown[] = ['BELOW_ZERO', 'QUOTA_ELSEWHERE', 'STORE_UNAVAILABLE'];
    expect([...refusals].filter((code) => !clear.includes(code))).toEqual([]);
    await everywhere('cars', 0);
    for (const region of both()) {
      expect(await change(region, 'decrement', 'cars')).toBe('BELOW_ZERO');
      expect(await quota(region, 'cars')).toMatchObject({ count: 0, here: 0, ready: true });
    }
  });

  it('sell in one region what both have', async () => {
    await change(ams, 'increment', 'lots', 6);
    await change(fra, 'increment', 'lots', 6);
    await everywhere('lots', 12);
    expect(await change(fra, 'decrement', 'lots', 12)).toBe(0);
    expect(await change(fra, 'increment', 'lots', 1)).toBe(1);
    await everywhere('lots', 1);
    expect((await quota(ams, 'lots')).regions).toEqual([
      { region: 'ams', rights: 0 },
      { region: 'fra', rights: 1 },
    ]);
  });

  it('sell when parted what is theirs, refuse the rest as what others have, and sell it once they meet', async () => {
    await change(ams, 'increment', 'parted', 8);
    await everywhere('parted', 8);
    expect(await change(fra, 'decrement', 'parted', 2)).toBe(6);
    await until(async () => (await quota(ams, 'parted')).count === 6, {
      what: 'what was sold',
      ...PATIENCE,
    });
    const { here: left } = await quota(fra, 'parted');
    expect(left).toBe(3);
    for (const { proxy } of both()) proxy.refuse();
    const refused = await fetch(`${fra.app.url}/parted/counters/available`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'decrement', by: left + 1 }),
    });
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { code: 'QUOTA_ELSEWHERE' },
    ]);
    expect(await change(fra, 'decrement', 'parted', 3)).toBe(3);
    expect(await change(fra, 'decrement', 'parted')).toBe('QUOTA_ELSEWHERE');
    expect(await change(ams, 'decrement', 'parted', 3)).toBe(3);
    expect(await change(ams, 'decrement', 'parted', 7)).toBe('BELOW_ZERO');
    for (const { proxy } of both()) proxy.resume();
    await everywhere('parted', 0);
  });

  it('are not lowered by a Redis that has forgotten, until it has heard from its peer what it had sold', async () => {
    expect(await change(ams, 'increment', 'lost', 5)).toBe(5);
    expect(await change(ams, 'decrement', 'lost', 4)).toBe(1);
    await everywhere('lost', 1);
    await until(async () => (await isStale(ams, 'fra')) === false, {
      what: 'a fresh peer',
      ...PATIENCE,
    });
    await ams.redis.flush();
    expect(await change(ams, 'decrement', 'lost', 2)).toBe('BELOW_ZERO');
    expect(await change(ams, 'decrement', 'lost', 1)).toBe(0);
    await everywhere('lost', 0);
  });

  it('are those that the settings name, and rights are given to peers alone', async () => {
    const { errors } = await graphql(ams, '{ quota(pageId: "p", name: "likes") { here } }');
    expect(errors?.[0]?.extensions.code).toBe('BAD_REQUEST');
    const likes = 'mutation { decrementCounter(pageId: "p", name: "likes") { count } }';
    expect((await graphql(ams, likes)).data).toEqual({ decrementCounter: { count: -1 } });
    const seats = 'mutation { decrementCounter(pageId: "p", name: "seats.front") { count } }';
    expect((await graphql(ams, seats)).errors?.[0]?.extensions.code).toBe('BELOW_ZERO');
    const unsigned = await fetch(`${ams.app.internalUrl}${PATHS.quota}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ region: 'fra', pageId: 'cars', name: 'available', wanted: 1 }),
    });
    expect(unsigned.status).toBe(401);
  });
});
