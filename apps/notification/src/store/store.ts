/** The Redis side of notification, put together: connections, repositories, the batcher. */
import {
  RedisFollowStore,
  RedisFollowerStore,
  RedisHistoryStore,
  RedisLimitStore,
  RedisModificationStore,
  type FollowStore,
  type FollowerStore,
  type HistoryStore,
  type LimitStore,
  type ModificationStore,
} from '@headcount/counter-store';
import { openCounterRegion, type CounterRegion, type RegionSources } from '@headcount/platform';
import type { NotificationConfig } from '../settings.js';

/** Everything of Redis that the app uses. */
export interface Store extends CounterRegion {
  readonly follows: FollowStore;
  readonly followers: FollowerStore;
  readonly modifications: ModificationStore;
  readonly history: HistoryStore;
  readonly limits: LimitStore;
}

export const STORE = Symbol('STORE');

const DAY_MS = 86_400_000;

/** Connects. Rejects with StartError where Redis cannot be reached or must not be used. */
export async function openStore(
  config: NotificationConfig,
  sources: RegionSources,
  warn: (sentence: string) => void,
): Promise<Store> {
  const region = await openCounterRegion(config, sources, warn);
  const { context } = region;
  const { BUCKETS: buckets, REGION: home, FOLLOWS_MAX: followsMax } = config;
  return {
    ...region,
    follows: new RedisFollowStore(context, { buckets, home, followsMax }),
    followers: new RedisFollowerStore(context, { buckets }),
    limits: new RedisLimitStore(context),
    modifications: new RedisModificationStore(context, { buckets, home }),
    history: new RedisHistoryStore(context, {
      buckets,
      lengthMax: config.HISTORY_LENGTH,
      ageMsMax: config.HISTORY_DAYS * DAY_MS,
    }),
  };
}
