/** Lookers on a real Redis; time is what `nowMs` says, a period is 2000 ms. */
import type { Redis } from 'ioredis';
import {
  AT_ONCE,
  COUNTER_API_REGISTRY,
  GATEWAY_REGISTRY,
  RedisPresenceStore,
  RedisRegistryStore,
  RedisUpkeepStore,
  SeenPositions,
  commandConnection,
  type StoreContext,
} from '@headcount/counter-store';
import { startRedis, type RedisServer } from '@headcount/testing';
import { countOut } from './count-out.js';
import { Looker } from './looker.js';
import { Sweeper } from './sweeper.js';

const BUCKETS = 3;
const PERIOD_MS = 2000;
let server: RedisServer;
let redis: Redis;
let nowMs = 1_700_000_000_000;
let reaped: [string, number][] = [];

beforeAll(async () => {
  server = await startRedis({ listen: 'unix', args: ['--appendonly', 'no'] });
  redis = commandConnection({ redisUrl: server.url, commandTimeoutMs: 5000 });
  await redis.connect();
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  reaped = [];
});

function open() {
  const sources = { nowMs: () => nowMs, randomHex: () => '00000000' };
  const context: StoreContext = {
    redis,
    sources,
    seen: new SeenPositions(),
    region: '',
    durability: AT_ONCE,
  };
  const presence = new RedisPresenceStore(context);
  const gateways = new RedisRegistryStore(context, GATEWAY_REGISTRY);
  const counterApis = new RedisRegistryStore(context, COUNTER_API_REGISTRY);
  const stored = new Sweeper({
    auditEvery: 1,
    buckets: BUCKETS,
    upkeep: new RedisUpkeepStore(context),
    onAudited: () => undefined,
  });
  const lookerOf = (instance: string): Looker =>
    new Looker({
      ...{ instance, buckets: BUCKETS, periodMs: PERIOD_MS, monotonicMs: () => nowMs },
      ...{ presence, gateways, counterApis, stored },
      onDead: () => undefined,
      onReaped: (gateway, buckets) => reaped.push([gateway, buckets]),
    });
  const join = (gateway: string, bucket: number, page: string) =>
    presence.apply(gateway, bucket, {
      from: 0,
      to: 1,
      entries: [{ key: page, value: { viewers: 1, connections: 1 }, version: 1 }],
    });
  return { presence, gateways, counterApis, stored, lookerOf, join };
}

/** Looks so often, a period apart; before each `beat` says who is alive. */
async function lookFor(looker: Looker, times: number, beat: () => Promise<unknown>) {
  for (let time = 0; time < times; time += 1) {
    await beat();
    await looker.look();
    nowMs += PERIOD_MS;
  }
}

describe('a looker', () => {
  it('counts a silent gateway out of every bucket, while another one moves', async () => {
    const { gateways, presence, lookerOf, join } = open();
    await gateways.beat('silent', 1);
    for (const bucket of [0, 2]) await join('silent', bucket, `/${bucket}`);
    let beats = 0;
    const beat = () => gateways.beat('lively', (beats += 1));
    await lookFor(lookerOf('api'), 3, beat);
    expect(reaped).toEqual([]);
    await lookFor(lookerOf('api'), 4, beat);
    expect(reaped).toEqual([['silent', 2]]);
    expect(await presence.stored('silent', [0, 1, 2])).toEqual([0, 0, 0]);
    expect([...(await gateways.look()).keys()]).toEqual(['lively']);
  });

  it('counts out one that is stored in a bucket and absent from the registry', async () => {
    const { gateways, stored, lookerOf, join } = open();
    await join('absent', 1, '/1');
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) await stored.sweep();
    let beats = 0;
    await lookFor(lookerOf('api'), 4, () => gateways.beat('lively', (beats += 1)));
    expect(reaped).toEqual([['absent', 1]]);
    expect([...stored.storedGateways()]).toEqual([]);
  });

  it('starts all counts again after a look that did not find the own heartbeat', async () => {
    const { gateways, lookerOf } = open();
    await gateways.beat('silent', 1);
    const looker = lookerOf('api');
    let beats = 0;
    const beat = () => gateways.beat('lively', (beats += 1));
    await lookFor(looker, 3, beat);
    await redis.del(COUNTER_API_REGISTRY);
    // Whoever looks here is refused.
    await redis.set(COUNTER_API_REGISTRY, 'no hash');
    await lookFor(looker, 1, beat);
    await redis.del(COUNTER_API_REGISTRY);
    await lookFor(looker, 3, beat);
    expect((await gateways.look()).has('silent')).toBe(true);
    await lookFor(looker, 1, beat);
    expect((await gateways.look()).has('silent')).toBe(false);
  });

  it('knows the living counter-apis, and forgets one that is silent', async () => {
    const { counterApis, lookerOf } = open();
    await counterApis.beat('gone', 7);
    const [one, two] = [lookerOf('one'), lookerOf('two')];
    await lookFor(one, 4, () => two.look());
    expect([...one.living].sort()).toEqual(['one', 'two']);
    expect([...(await counterApis.look()).keys()].sort()).toEqual(['one', 'two']);
    await two.farewell();
    await one.look();
    expect(one.living).toEqual(['one']);
  });
});

describe('countOut', () => {
  it('says out of how many buckets it has counted', async () => {
    const { presence, join } = open();
    for (const bucket of [0, 1]) await join('leaving', bucket, `/${bucket}`);
    expect(await countOut(presence, 'leaving', BUCKETS)).toBe(2);
    expect(await countOut(presence, 'leaving', BUCKETS)).toBe(0);
  });
});
