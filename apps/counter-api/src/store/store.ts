/** The Redis side of counter-api, put together: connections, repositories, the batcher. */
import type { Redis } from 'ioredis';
import {
  COUNTER_API_REGISTRY,
  GATEWAY_REGISTRY,
  RedisPresenceStore,
  RedisRegistryStore,
  RedisUpkeepStore,
  type PresenceStore,
  type RegistryStore,
  type SeenPositions,
  type UpkeepStore,
} from '@headcount/counter-store';
import {
  openCounterRegion,
  openSubscriber,
  type CounterRegion,
  type RegionSources,
} from '@headcount/platform';
import type { CounterApiConfig } from '../settings.js';

/** Everything of Redis that the app uses. */
export interface Store extends CounterRegion {
  readonly subscriber: Redis;
  readonly seen: SeenPositions;
  readonly presence: PresenceStore;
  readonly upkeep: UpkeepStore;
  readonly gateways: RegistryStore;
  readonly counterApis: RegistryStore;
}

export const STORE = Symbol('STORE');

/** Connects. Rejects with StartError where Redis cannot be reached or must not be used. */
export async function openStore(
  config: CounterApiConfig,
  sources: RegionSources,
  warn: (sentence: string) => void,
): Promise<Store> {
  const region = await openCounterRegion(config, sources, warn);
  const { context } = region;
  try {
    return {
      ...region,
      subscriber: await openSubscriber(config),
      seen: context.seen,
      presence: new RedisPresenceStore(context),
      upkeep: new RedisUpkeepStore(context),
      gateways: new RedisRegistryStore(context, GATEWAY_REGISTRY),
      counterApis: new RedisRegistryStore(context, COUNTER_API_REGISTRY),
    };
  } catch (cause) {
    region.redis.disconnect();
    throw cause;
  }
}
