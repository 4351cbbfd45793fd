import type { Redis } from 'ioredis';
import {
  AT_ONCE,
  IncrementBatcher,
  NODE_TIMERS,
  RedisCounterStore,
  ReplicaDurability,
  SeenPositions,
  type CounterStore,
  type Durability,
  type StoreContext,
} from '@headcount/counter-store';
import type { counterSettings } from '../config/counter-settings.js';
import type { regionSettings } from '../config/region-settings.js';
import type { ConfigOf } from '../config/setting.js';
import type { Instance } from '../signing/instance.js';
import type { Clock, Ids } from '../sources.js';
import { openRedis, type RedisConfig } from './open-redis.js';

/** What an app that changes durable counters has in its settings. */
export type CounterConfig = RedisConfig &
  ConfigOf<typeof counterSettings> &
  ConfigOf<typeof regionSettings> & { readonly REGION: string };

/** Who uses it, and whence it takes time and randomness. */
export interface RegionSources {
  readonly instance: Instance;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The counters of this region's Redis, as every app that changes them needs them. */
export interface CounterRegion {
  readonly redis: Redis;
  /** For further repositories over the same connection. */
  readonly context: StoreContext;
  readonly counters: CounterStore;
  readonly batcher: IncrementBatcher;
  /** Whether commands can be sent now. */
  isReady(): boolean;
  /** Ends its connections. */
  close(): void;
}

/**
 * Connects and checks that this Redis can be used. Rejects with StartError where it cannot be reached or
 * must not be used; `warn` is told what weakens durability.
 */
export async function openCounterRegion(
  config: CounterConfig,
  { instance, clock, ids }: RegionSources,
  warn: (sentence: string) => void,
): Promise<CounterRegion> {
  const region = config.PEERS === undefined ? '' : config.REGION;
  const redis = await openRedis(config, warn, { region });
  const marks = await openMarks(config);
  const sources = { nowMs: () => clock.nowMs(), randomHex: () => ids.hex(8) };
  const context: StoreContext = {
    redis,
    seen: new SeenPositions(),
    sources,
    region,
    durability: marks?.durability ?? AT_ONCE,
    trended: config.TRENDING_COUNTERS,
  };
  const counters = new RedisCounterStore(context, {
    windowMs: config.OPERATION_ID_WINDOW_SECONDS * 1000,
    idsMax: config.OPERATION_IDS_MAX,
  });
  const isReady = (): boolean => redis.status === 'ready';
  const batcher = new IncrementBatcher({
    store: counters,
    isReady,
    instance: instance.id,
    buckets: config.BUCKETS,
    deadlineMs: config.WRITE_DEADLINE_MS,
    timers: NODE_TIMERS,
  });
  const close = (): void => {
    redis.disconnect();
    marks?.redis.disconnect();
  };
  return { redis, context, counters, batcher, isReady, close };
}

/** Patience with replicas, in milliseconds; a batch that waits longer is sent again. */
const REPLICAS_TIMEOUT_MS = 1000;

/** The connection that waits for replicas, where that is asked for. */
async function openMarks(
  config: CounterConfig,
): Promise<{ readonly redis: Redis; readonly durability: Durability } | null> {
  const { DURABILITY: choice } = config;
  if (choice.kind !== 'replicas') return null;
  const redis = await openRedis(config, () => undefined, {
    commandTimeoutMs: 2 * REPLICAS_TIMEOUT_MS,
  });
  const { replicas } = choice;
  return { redis, durability: new ReplicaDurability(redis, replicas, REPLICAS_TIMEOUT_MS) };
}

/** What is wrong with a connection, as a sentence, or null. Rejects where Redis does not answer a PING. */
export async function wrongWithRedis(redis: Redis): Promise<string | null> {
  if (redis.status !== 'ready') return 'Redis does not answer: the connection is gone';
  await redis.ping();
  return null;
}
