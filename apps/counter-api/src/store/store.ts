/** The Redis side of counter-api, put together: connections, repositories, the batcher. */
import type { Redis } from 'ioredis';
import {
  ALL_CHANGES,
  COUNTER_API_REGISTRY,
  GATEWAY_REGISTRY,
  RedisDurableStore,
  RedisFollowStore,
  RedisFollowerStore,
  RedisHistoryStore,
  RedisLeaseStore,
  RedisLimitStore,
  RedisModificationStore,
  RedisPresenceStore,
  RedisQuotaStore,
  RedisRegionRegistry,
  RedisRegionStore,
  RedisRegistryStore,
  RedisRepairStore,
  RedisTrendingStore,
  RedisUpkeepStore,
  RedisVoteStore,
  RedisWindowStore,
  type DurableStore,
  type FollowStore,
  type FollowerStore,
  type HistoryStore,
  type LeaseStore,
  type LimitStore,
  type ModificationStore,
  type PresenceStore,
  type QuotaStore,
  type RegionRegistry,
  type RegionStore,
  type RegistryStore,
  type RepairStore,
  type SeenPositions,
  type TrendingStore,
  type UpkeepStore,
  type VoteStore,
  type WindowStore,
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
  readonly leases: LeaseStore;
  readonly limits: LimitStore;
  readonly trending: TrendingStore;
  readonly windows: WindowStore;
  readonly quotas: QuotaStore;
  readonly repairs: RepairStore;
  /** For the export. */
  readonly durables: DurableStore;
  readonly votes: VoteStore;
  /** What is notification's: read alone, but for when users were seen. */
  readonly follows: Pick<FollowStore, 'all'>;
  readonly followers: FollowerStore;
  readonly modifications: Pick<ModificationStore, 'readBucket'>;
  readonly history: Pick<HistoryStore, 'lastTitle'>;
  readonly regions: RegionStore;
  readonly regionRegistry: RegionRegistry;
  /** Hears every bucket, for peers that ask what has changed; null where there are none. */
  readonly listener: Redis | null;
  readonly gateways: RegistryStore;
  readonly counterApis: RegistryStore;
}

export const STORE = Symbol('STORE');

const DAY_MS = 86_400_000;

/** Connects. Rejects with StartError where Redis cannot be reached or must not be used. */
export async function openStore(
  config: CounterApiConfig,
  sources: RegionSources,
  warn: (sentence: string) => void,
): Promise<Store> {
  const region = await openCounterRegion(config, sources, warn);
  const { context } = region;
  const { BUCKETS: buckets, REGION: home } = config;
  const windowMs = config.OPERATION_ID_WINDOW_SECONDS * 1000;
  try {
    return {
      ...region,
      subscriber: await openSubscriber(config),
      seen: context.seen,
      presence: new RedisPresenceStore(context),
      upkeep: new RedisUpkeepStore(context),
      leases: new RedisLeaseStore(context, {
        buckets,
        leasesMax: config.LEASES_MAX,
        leasesPerViewerMax: config.LEASES_PER_VIEWER_MAX,
      }),
      limits: new RedisLimitStore(context),
      trending: new RedisTrendingStore(context),
      windows: new RedisWindowStore(context),
      quotas: new RedisQuotaStore(context),
      repairs: new RedisRepairStore(context, { windowMs, idsMax: config.OPERATION_IDS_MAX }),
      durables: new RedisDurableStore(context),
      votes: new RedisVoteStore(context, { buckets }),
      follows: new RedisFollowStore(context, { buckets, home, followsMax: 0 }),
      followers: new RedisFollowerStore(context, { buckets }),
      modifications: new RedisModificationStore(context, { buckets, home }),
      history: new RedisHistoryStore(context, {
        ...{ buckets, lengthMax: 1, ageMsMax: config.HISTORY_DAYS * DAY_MS },
      }),
      regions: new RedisRegionStore(context, { windowMs }),
      regionRegistry: new RedisRegionRegistry(context),
      listener: config.PEERS === undefined ? null : await openListener(config),
      gateways: new RedisRegistryStore(context, GATEWAY_REGISTRY),
      counterApis: new RedisRegistryStore(context, COUNTER_API_REGISTRY),
    };
  } catch (cause) {
    region.close();
    throw cause;
  }
}

async function openListener(config: CounterApiConfig): Promise<Redis> {
  const listener = await openSubscriber(config);
  await listener.psubscribe(ALL_CHANGES);
  return listener;
}
