import { randomBytes } from 'node:crypto';
import { freePort } from './free-port.js';
import { startSystem, type System, type SystemOptions } from './start-system.js';
import { TcpProxy } from './tcp-proxy.js';

/** What each region is made of; all are alike. */
export interface RegionsOptions extends Omit<SystemOptions, 'apiInternalPorts'> {
  /** Default `ams` and `fra`. */
  readonly names?: readonly string[];
}

/** How regions are parted: every connection reset and refused, or, as when a cable is pulled, nobody told. */
export type Parting = 'refused' | 'silent';

/** How one region reaches another one: a proxy before the first counter-api there. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly proxy: TcpProxy;
}

/**
 * Starts regions that replicate to each other, each with a Redis and apps of its own, and returns once every app answers.
 * Between them stand proxies, so that a test can part and rejoin them.
 */
export async function startRegions(options: RegionsOptions = {}): Promise<Regions> {
  const { names = ['ams', 'fra'], ...each } = options;
  const ports = await Promise.all(names.map(() => freePort()));
  const ways = await openWays(names, ports);
  const keys = { SIGNING_KEYS: `test:${randomBytes(16).toString('hex')}` };
  const started = await Promise.allSettled(
    names.map((name, place) => {
      const env = { ...keys, REGION: name, PEERS: peersOf(name, ways), ...each.env };
      return startSystem({ ...each, apiInternalPorts: ports.slice(place, place + 1), env });
    }),
  );
  const systems = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const regions = new Regions(names, systems, ways);
  const failed = started.find((one) => one.status === 'rejected');
  if (failed === undefined) return regions;
  await regions.stop();
  throw failed.reason;
}

/** Regions of real processes. Use {@link startRegions}. */
export class Regions {
  constructor(
    readonly names: readonly string[],
    /** In the order of the names. */
    readonly systems: readonly System[],
    private readonly ways: readonly Way[],
  ) {}

  /** The region of that name; throws where there is none. */
  named(name: string): System {
    const system = this.systems[this.names.indexOf(name)];
    if (system === undefined) throw new Error(`There is no region ${name}`);
    return system;
  }

  /** Parts all regions from each other, or, with a name, that one from all others. */
  cut(parting: Parting = 'refused', name?: string): void {
    for (const proxy of this.proxies(name)) {
      if (parting === 'refused') proxy.refuse();
      else proxy.silence();
    }
  }

  /** Joins what is parted. What was held in silence arrives. */
  heal(name?: string): void {
    for (const proxy of this.proxies(name)) proxy.resume();
  }

  async stop(): Promise<void> {
    await Promise.all(this.systems.map((system) => system.stop()));
    await Promise.all(this.proxies().map((proxy) => proxy.close()));
  }

  private proxies(name?: string): TcpProxy[] {
    return this.ways
      .filter(({ from, to }) => name === undefined || name === from || name === to)
      .map(({ proxy }) => proxy);
  }
}

function openWays(names: readonly string[], ports: readonly number[]): Promise<readonly Way[]> {
  const pairs = names.flatMap((from) => names.map((to, place) => ({ from, to, place })));
  return Promise.all(
    pairs
      .filter(({ from, to }) => from !== to)
      .map(async ({ from, to, place }) => ({
        from,
        to,
        proxy: await TcpProxy.to(ports[place] ?? 0),
      })),
  );
}

function peersOf(name: string, ways: readonly Way[]): string {
  return ways
    .filter(({ from }) => from === name)
    .map(({ to, proxy }) => `${to}=http://127.0.0.1:${proxy.port}`)
    .join(',');
}
