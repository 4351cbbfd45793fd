/** What is known of the regions as wholes, in this region's Redis, so that all its counter-apis decide alike. */
import { REGIONS, RETIRED_REGIONS } from './keys.js';
import { regionHear } from './scripts/region-hear.js';
import type { StoreContext } from './store-context.js';

/** One region as it was heard of last. */
export interface RegionStatus {
  readonly heartbeat: number;
  readonly stale: boolean;
  /** When the heartbeat last moved, in milliseconds since 1970 on this region's clock; 0: never. Informational. */
  readonly heardAtMs: number;
}

/** A region taken out of service. */
export interface Retirement {
  readonly region: string;
  readonly atMs: number;
  /** Who ordered it: the subject of a token, or a region that had it already. */
  readonly by: string;
}

/** Port of the register of regions. Methods reject with ioredis' errors while Redis is away. */
export interface RegionRegistry {
  /** One more heartbeat of the own region. */
  beat(region: string): Promise<void>;
  /** Keeps the larger heartbeat of each. */
  hear(heartbeats: readonly (readonly [region: string, heartbeat: number])[]): Promise<void>;
  look(): Promise<ReadonlyMap<string, RegionStatus>>;
  /** Says of a region that is known whether it is stale. */
  setStale(region: string, stale: boolean): Promise<void>;
  /** Takes a region out of service for good; the first retirement of it stays. */
  retire(retirement: Retirement): Promise<void>;
  retired(): Promise<readonly Retirement[]>;
}

/** The register on Redis. */
export class RedisRegionRegistry implements RegionRegistry {
  constructor(private readonly context: StoreContext) {}

  async beat(region: string): Promise<void> {
    const { redis, sources } = this.context;
    // By the clock, so that a Redis that has forgotten its number does not fall silent for its peers until it
    // has caught up; and one more at least, so that it moves whatever the clock does.
    await regionHear.run(redis, [REGIONS], [sources.nowMs(), 'beat', region, sources.nowMs()]);
  }

  async hear(heartbeats: readonly (readonly [region: string, heartbeat: number])[]): Promise<void> {
    const { redis, sources } = this.context;
    await regionHear.run(redis, [REGIONS], [sources.nowMs(), 'hear', ...heartbeats.flat()]);
  }

  async look(): Promise<ReadonlyMap<string, RegionStatus>> {
    const held = new Map(Object.entries(await this.context.redis.hgetall(REGIONS)));
    const regions = new Map<string, RegionStatus>();
    for (const field of held.keys()) {
      // One that was never heard of may be stale too, and has that field alone.
      const region = field.endsWith(STALE) ? field.slice(0, -STALE.length) : field;
      const [heartbeat, heardAtMs] = (held.get(region) ?? '0,0').split(',').map(Number);
      const stale = held.get(region + STALE) === '1';
      regions.set(region, { heartbeat: heartbeat ?? 0, heardAtMs: heardAtMs ?? 0, stale });
    }
    return regions;
  }

  async setStale(region: string, stale: boolean): Promise<void> {
    if (stale) await this.context.redis.hset(REGIONS, region + STALE, '1');
    else await this.context.redis.hdel(REGIONS, region + STALE);
  }

  async retire({ region, atMs, by }: Retirement): Promise<void> {
    await this.context.redis.hsetnx(RETIRED_REGIONS, region, JSON.stringify({ atMs, by }));
  }

  async retired(): Promise<readonly Retirement[]> {
    const held = await this.context.redis.hgetall(RETIRED_REGIONS);
    return Object.entries(held).map(([region, text]) => {
      const { atMs, by } = JSON.parse(text) as { atMs: number; by: string };
      return { region, atMs, by };
    });
  }
}

/** Ends the field that says of a region that it is stale; no name of a region has a `!`. */
const STALE = '!stale';
