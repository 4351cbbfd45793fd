export { commandConnection, subscriberConnection, type ConnectionSettings } from './connect.js';
export { checkDeployment, type DeploymentCheck } from './deployment.js';
export { SeenPositions, type FenceSources } from './fence.js';
export {
  COUNTER_API_REGISTRY,
  GATEWAY_REGISTRY,
  ALL_CHANGES,
  changesChannel,
  counterKey,
  shortName,
  type CounterKey,
} from './keys.js';
export type { StoreContext } from './store-context.js';
export { RedisPresenceStore, type PresenceStore } from './presence.store.js';
export {
  RedisCounterStore,
  type Addition,
  type Batch,
  type CounterStore,
  type OperationIdLimits,
} from './counter.store.js';
export {
  RedisFollowerStore,
  type FollowerPlace,
  type FollowerStore,
  type QuietFollower,
} from './follower.store.js';
export {
  RedisFollowStore,
  type FollowChange,
  type FollowStore,
  type FollowStoreOptions,
} from './follow.store.js';
export type { FollowOutcome } from './scripts/follows-change.js';
export {
  MODIFICATIONS,
  MODIFICATIONS_READ_MAX,
  RedisModificationStore,
  type BucketModifications,
  type BucketPageAsk,
  type ModificationStore,
  type ModificationsAsk,
} from './modification.store.js';
export {
  RedisHistoryStore,
  type HistoryEntry,
  type HistoryLimits,
  type HistoryStore,
} from './history.store.js';
export { RedisRegistryStore, type RegistryStore } from './registry.store.js';
export { RedisUpkeepStore, type UpkeepStore } from './upkeep.store.js';
export { RedisTrendingStore, type TrendAsk, type TrendingStore } from './trending.store.js';
export { trendReach } from './trend-window.js';
export type { TrendRow } from './scripts/trend-read.js';
export { decodeChanges, decodeHead, type BucketChanges } from './changes.js';
export type { CounterRow, CounterView } from './scripts/replies.js';
export type { AddOutcome, Added, BatchAdded } from './scripts/counters-add.js';
export type { CountersRead } from './scripts/counters-read.js';
export type { BucketSince } from './scripts/bucket-since.js';
export type { BucketSwept } from './scripts/bucket-sweep.js';
export type { AuditDifference, BucketAudited } from './scripts/bucket-audit.js';
export {
  BATCH_ADDITIONS_MAX,
  IncrementBatcher,
  NODE_TIMERS,
  WAITING_ADDITIONS_MAX,
  type AddRefusal,
  type BatchTimers,
  type BatcherOptions,
  type Committed,
} from './increment-batcher.js';
export {
  AT_ONCE,
  ReplicaDurability,
  type Durability,
  type DurabilityChoice,
} from './durability.js';
export type {
  BucketAsk,
  BucketPart,
  BucketState,
  CoverRow,
  FollowRow,
  HistoryRow,
  MergeVerdict,
  OperationRow,
  Pulled,
  RegisterRow,
  StateRow,
  TotalsRow,
  VectorRow,
  WriterRow,
} from './region-part.js';
export {
  RedisRegionStore,
  type BucketStanding,
  type Merged,
  type RegionStore,
} from './region.store.js';
export {
  RedisRegionRegistry,
  type RegionRegistry,
  type RegionStatus,
  type Retirement,
} from './region-registry.store.js';
export { PART_RECORDS_MAX, PART_ROWS_MAX } from './region-reader.js';
