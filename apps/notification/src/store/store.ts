/** The Redis side of notification, put together. Knows no Nest. */
import type { Redis } from 'ioredis';
import {
  IncrementBatcher,
  NODE_TIMERS,
  RedisCounterStore,
  SeenPositions,
  type CounterStore,
} from '@headcount/counter-store';
import { openRedis, type Clock, type Ids, type Instance } from '@headcount/platform';
import type { NotificationConfig } from '../settings.js';

/** Everything of Redis that the app uses. */
export interface Store {
  readonly redis: Redis;
  readonly counters: CounterStore;
  readonly batcher: IncrementBatcher;
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
  config: NotificationConfig,
  sources: StoreSources,
  warn: (sentence: string) => void,
): Promise<Store> {
  const redis = await openRedis(config, warn);
  return assemble(config, redis, sources);
}

function assemble(
  config: NotificationConfig,
  redis: Redis,
  { instance, clock, ids }: StoreSources,
): Store {
  const counters = new RedisCounterStore(
    {
      redis,
      seen: new SeenPositions(),
      sources: { nowMs: () => clock.nowMs(), randomHex: () => ids.hex(8) },
    },
    {
      windowMs: config.OPERATION_ID_WINDOW_SECONDS * 1000,
      idsMax: config.OPERATION_IDS_MAX,
    },
  );
  const batcher = new IncrementBatcher({
    store: counters,
    isReady: () => redis.status === 'ready',
    instance: instance.id,
    buckets: config.BUCKETS,
    deadlineMs: config.WRITE_DEADLINE_MS,
    timers: NODE_TIMERS,
  });
  return { redis, counters, batcher };
}
