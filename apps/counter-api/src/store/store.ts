/** The Redis side of counter-api, put together: connections, repositories, the batcher. Knows no Nest. */
import type { Redis } from 'ioredis';
import {
  COUNTER_API_REGISTRY,
  GATEWAY_REGISTRY,
  IncrementBatcher,
  NODE_TIMERS,
  RedisCounterStore,
  RedisPresenceStore,
  RedisRegistryStore,
  RedisUpkeepStore,
  SeenPositions,
  type CounterStore,
  type PresenceStore,
  type RegistryStore,
  type UpkeepStore,
} from '@headcount/counter-store';
import { openRedis, openSubscriber, type Clock, type Ids, type Instance } from '@headcount/platform';
import type { CounterApiConfig } from '../settings.js';

/** Everything of Redis that the app uses. */
export interface Store {
  readonly redis: Redis;
  readonly subscriber: Redis;
  readonly seen: SeenPositions;
  readonly presence: PresenceStore;
  readonly counters: CounterStore;
  readonly upkeep: UpkeepStore;
  readonly gateways: RegistryStore;
  readonly counterApis: RegistryStore;
  readonly batcher: IncrementBatcher;
  /** Whether commands can be sent now. */
  isReady(): boolean;
}

/** Who uses it, and whence it takes time and randomness. */
export interface StoreSources {
  readonly instance: Instance;
  readonly clock: Clock;
  readonly ids: Ids;
}

export const STORE = Symbol('STORE');

/**
 * Connects and checks that this Redis can be used. Rejects with StartError where it cannot be reached or
 * must not be used; `warn` is told what weakens durability.
 */
export async function openStore(
  config: CounterApiConfig,
  sources: StoreSources,
  warn: (sentence: string) => void,
): Promise<Store> {
  const redis = await openRedis(config, warn);
  try {
    return assemble(config, redis, await openSubscriber(config), sources);
  } catch (cause) {
    redis.disconnect();
    throw cause;
  }
}

function assemble(
  config: CounterApiConfig,
  redis: Redis,
  subscriber: Redis,
  { instance, clock, ids }: StoreSources,
): Store {
  const seen = new SeenPositions();
  const context = { redis, seen, sources: { nowMs: () => clock.nowMs(), randomHex: () => ids.hex(8) } };
  const counters = new RedisCounterStore(context, {
    windowMs: config.OPERATION_ID_WINDOW_SECONDS * 1000,
    idsMax: config.OPERATION_IDS_MAX,
  });
  const isReady = (): boolean => redis.status === 'ready';
  return {
    redis,
    subscriber,
    seen,
    counters,
    isReady,
    presence: new RedisPresenceStore(context),
    upkeep: new RedisUpkeepStore(context),
    gateways: new RedisRegistryStore(context, GATEWAY_REGISTRY),
    counterApis: new RedisRegistryStore(context, COUNTER_API_REGISTRY),
    batcher: new IncrementBatcher({
      store: counters,
      isReady,
      instance: instance.id,
      buckets: config.BUCKETS,
      deadlineMs: config.WRITE_DEADLINE_MS,
      timers: NODE_TIMERS,
    }),
  };
}
