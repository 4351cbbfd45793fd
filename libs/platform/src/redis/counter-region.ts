import type { Redis } from 'ioredis';
import {
  AT_ONCE,
  AskedDurability,
  IncrementBatcher,
  LivePeers,
  NODE_TIMERS,
  RedisCounterStore,
  type RedisMemory,
  ReplicaDurability,
  SeenPositions,
  admittedConnection,
  type BatchTimers,
  type CounterStore,
  type Durability,
  type StoreContext,
} from '@headcount/counter-store';
import type { counterSettings } from '../config/counter-settings.js';
import type { regionSettings } from '../config/region-settings.js';
import type { ConfigOf } from '../config/setting.js';
import type { Instance } from '../signing/instance.js';
import type { Clock, Ids } from '../sources.js';
import { watchMemory, type MemoryConfig } from './memory-watch.js';
import { openRedis, type RedisConfig } from './open-redis.js';
import { demandStoreCall, forgetReads, outsideRequests, takeStoreCall } from './request-work.js';

/** What an app that changes durable counters has in its settings. */
export type CounterConfig = RedisConfig &
  ConfigOf<typeof counterSettings> &
  MemoryConfig &
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
  /** How much of its memory is used. */
  readonly memory: RedisMemory;
  /** For further repositories over the same connection. Each of their commands is a store call of the request that it is for. */
  readonly context: StoreContext;
  /** Whoever gossips with the peers says here who of them is alive. */
  readonly livePeers: LivePeers;
  readonly counters: CounterStore;
  /** Each addition is a store call of its request; what is sent is shared, and of none. */
  readonly batcher: Pick<IncrementBatcher, 'add'>;
  /** For writes that ask for another durability than DURABILITY. */
  readonly asked: AskedDurability;
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
  const watched = await watchMemory(redis, config, warn);
  const { memory } = watched;
  const marks = await openMarks(config);
  const sources = { nowMs: () => clock.nowMs(), randomHex: () => ids.hex(8) };
  const livePeers = new LivePeers([...(config.PEERS?.keys() ?? [])]);
  const context: StoreContext = {
    redis: admittedConnection(redis, takeStoreCall),
    seen: new SeenPositions(),
    sources,
    region,
    durability: marks?.durability ?? AT_ONCE,
    trended: config.TRENDING_COUNTERS,
    rules: { windowed: config.WINDOWED_COUNTERS, bounded: config.BOUNDED_COUNTERS },
    livePeers,
    memory,
  };
  const counters = new RedisCounterStore(context, {
    windowMs: config.OPERATION_ID_WINDOW_SECONDS * 1000,
    idsMax: config.OPERATION_IDS_MAX,
    idsPerViewerMax: config.OPERATION_IDS_PER_VIEWER_MAX,
  });
  const isReady = (): boolean => redis.status === 'ready';
  const batcher = new IncrementBatcher({
    store: counters,
    isReady,
    instance: instance.id,
    buckets: config.BUCKETS,
    deadlineMs: config.WRITE_DEADLINE_MS,
    timers: SHARED_TIMERS,
  });
  const asked = new AskedDurability({
    redis: context.redis,
    open: () => openMarkConnection(config),
    timeoutMs: REPLICAS_TIMEOUT_MS,
    deadlineMs: config.WRITE_DEADLINE_MS,
    nowMs: () => clock.monotonicMs(),
  });
  const close = (): void => {
    watched.close();
    redis.disconnect();
    marks?.redis.disconnect();
    asked.close();
  };
  const add = async (...args: Parameters<IncrementBatcher['add']>) => {
    demandStoreCall();
    const added = await batcher.add(...args);
    forgetReads();
    return added;
  };
  return {
    ...{ redis, memory, context, livePeers, counters, batcher: { add }, asked },
    ...{ isReady, close },
  };
}

/** For what is sent for many requests together: none of them is it that sends it. */
export const SHARED_TIMERS: BatchTimers = {
  ...NODE_TIMERS,
  afterTurn: (task) => outsideRequests(() => NODE_TIMERS.afterTurn(task)),
  afterMs: (task, ms) => outsideRequests(() => NODE_TIMERS.afterMs(task, ms)),
};

/** Patience with replicas, in milliseconds; a batch that waits longer is sent again. */
const REPLICAS_TIMEOUT_MS = 1000;

/** The connection that waits for replicas, where that is asked for. */
async function openMarks(
  config: CounterConfig,
): Promise<{ readonly redis: Redis; readonly durability: Durability } | null> {
  const { DURABILITY: choice } = config;
  if (choice.kind !== 'replicas') return null;
  const redis = await openMarkConnection(config);
  const { replicas } = choice;
  return { redis, durability: new ReplicaDurability(redis, replicas, REPLICAS_TIMEOUT_MS) };
}

/** A connection that WAIT may hold up. */
const openMarkConnection = (config: CounterConfig): Promise<Redis> =>
  openRedis(config, () => undefined, { commandTimeoutMs: 2 * REPLICAS_TIMEOUT_MS });

/** What is wrong with a connection, as a sentence, or null. Rejects where Redis does not answer a PING. */
export async function wrongWithRedis(redis: Redis): Promise<string | null> {
  if (redis.status !== 'ready') return 'Redis does not answer: the connection is gone';
  await redis.ping();
  return null;
}
