/** The arithmetic of `npm run capacity`, held against a load that can be worked out by hand. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Region {
  readonly work: Readonly<Record<string, number>>;
  readonly gateways: number;
  readonly owners: number;
  readonly redisNodes: number;
  readonly redisGiB: number;
  readonly outGbit: number;
  readonly betweenGbit: number;
}

/** A whole second of a core for nothing but what a test is about. */
const COSTS = {
  gatewaySocketKiB: 1,
  gatewayConnectUs: 0,
  gatewayPushUs: 0,
  gatewayPushedValueUs: 0,
  gatewayDeliveryUs: 0,
  deliveryBytes: 125,
  ownerEntryUs: 0,
  ownerPushUs: 0,
  ownerPushedValueUs: 0,
  ownerReadUs: 0,
  ownerWriteUs: 0,
  ownerMergedRowUs: 0,
  redisEntryUs: 0,
  redisReadUs: 0,
  redisWriteUs: 0,
  redisWriteWithPeersUs: 0,
  redisMergedRowUs: 0,
  redisCounterBytes: 1024,
  redisPeersCounterBytes: 2048,
  redisPresenceBytes: 0,
  regionRowBytes: 125,
};
const LOAD = {
  viewers: 1_000_000,
  regions: 2,
  sessionSeconds: 100,
  audience: 10,
  reads: 1000,
  cached: 0.5,
  counters: 2 ** 20,
  pushesPerSecond: 100,
  gatewaySockets: 100_000,
  use: 0.5,
  redisNodeGib: 1,
};

/** Calls a function of sizing.mjs as a plain Node does. */
function call<T>(name: string, ...args: readonly unknown[]): T {
  const program = `import * as sizing from ${JSON.stringify(join(__dirname, 'sizing.mjs'))};
    console.log(JSON.stringify(sizing[${JSON.stringify(name)}](...${JSON.stringify(args)})));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as T;
}
const region = (load: Partial<typeof LOAD> = {}, costs: Partial<typeof COSTS> = {}) =>
  call<Region>('sizeRegion', { ...LOAD, ...load }, { ...COSTS, ...costs });

function capacity(...args: readonly string[]) {
  const program = join(__dirname, 'capacity.mjs');
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

describe('npm run capacity', () => {
  it('works out what there is to do in each region', () => {
    // Half a million sockets here; pages change 2 * 10 / 100 times a second; 5 gateways, and 5 viewers of a page here.
    expect(region().work).toEqual({
      joins: 5000,
      pushedValues: 100_000,
      pushes: 0,
      deliveries: 100_000,
      siteEntries: 100,
      entries: 10_100,
      reads: 500,
      readsFromRedis: 250,
      writes: 50,
      mergedRows: 10_050,
    });
  });

  it('tells of a busy page once a tick', () => {
    expect(region({ audience: 100_000 }).work).toMatchObject({
      deliveries: 5_000_000,
      pushedValues: 500,
    });
  });

  it('adds machines for what is used up first', () => {
    expect(region()).toMatchObject({ gateways: 5, owners: 0, redisNodes: 4, redisGiB: 2 });
    expect(region({}, { gatewayDeliveryUs: 100 }).gateways).toBe(20);
    expect(region({}, { ownerMergedRowUs: 100 }).owners).toBe(3);
    expect(region({}, { redisWriteWithPeersUs: 50_000 }).redisNodes).toBe(5);
    expect(region({ regions: 1 })).toMatchObject({ redisGiB: 1, betweenGbit: 0 });
    expect(region()).toMatchObject({ outGbit: 0.1, betweenGbit: 0.01005 });
  });

  it('puts values into as few pushes as the budget of each counter-api asks for', () => {
    // 250,000 counters read a second take 5 counter-apis, of whose half a core each 100 pushes take 0.1.
    const reads = { reads: 500_000 };
    expect(region(reads, { ownerReadUs: 10 })).toMatchObject({ owners: 5, work: { pushes: 500 } });
    expect(region(reads, { ownerReadUs: 10, ownerPushUs: 1000 }).owners).toBe(7);
    // Half a second of 5 gateways' cores would be used by pushes, and a value each goes alone.
    expect(region({ pushesPerSecond: 1e6 }, { gatewayPushUs: 100 }).gateways).toBe(20);
  });

  it('says what breaks first', () => {
    const costs = { ...COSTS, redisEntryUs: 5000 };
    const [first] = call<{ what: string; share: number; viewers: number }[]>(
      'limitsOf',
      LOAD,
      costs,
    );
    expect(first?.what).toMatch('@site');
    expect(first).toMatchObject({ share: 0.5, viewers: 2_000_000 });
  });

  it('has a source for each unit cost', () => {
    const text = readFileSync(join(__dirname, 'unit-costs.json'), 'utf8');
    const { costs } = JSON.parse(text) as {
      costs: Record<string, { value: number; from: string }>;
    };
    expect(Object.keys(costs).sort()).toEqual(Object.keys(COSTS).sort());
    for (const { value, from } of Object.values(costs)) {
      expect(value).toBeGreaterThan(0);
      expect(from).not.toBe('');
    }
  });

  it('takes the costs of an operator', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headcount-capacity-'));
    const file = join(folder, 'costs.json');
    const costs = Object.entries(COSTS).map(([name, value]) => [name, { value, from: 'a test' }]);
    writeFileSync(file, JSON.stringify({ machine: 'none', costs: Object.fromEntries(costs) }));
    const own = capacity('--viewers', '1e6', '--regions', '2', '--costs', file);
    expect([own.status, own.stderr]).toEqual([0, '']);
    expect(own.stdout).toMatch('unit costs of none');
    rmSync(folder, { recursive: true });
    const preset = capacity();
    expect([preset.status, preset.stderr]).toEqual([0, '']);
    expect(preset.stdout).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('refuses what is no load', () => {
    for (const wrong of [
      ['--viewers', 'many'],
      ['--regions', '1.5'],
      ['--use', '2'],
      ['--more', '1'],
    ]) {
      const { status, stdout, stderr } = capacity(...wrong);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch('npm run capacity');
    }
  });
});
