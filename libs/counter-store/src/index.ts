export {
  admittedConnection,
  commandConnection,
  subscriberConnection,
  type ConnectionSettings,
} from './connect.js';
export { checkDeployment, type DeploymentCheck } from './deployment.js';
export { LivePeers, NO_RULES, isNamed, type CounterRules } from './counter-rules.js';
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
export {
  LEASES,
  RedisLeaseStore,
  type Lease,
  type LeaseRefusal,
  type LeaseStore,
} from './lease.store.js';
export { RedisLimitStore, type Limit, type LimitKind, type LimitStore } from './limit.store.js';
export type { LeaseRead } from './scripts/lease-replies.js';
export type { Allowance } from './scripts/limit-take.js';
export { RedisPresenceStore, type PresenceStore } from './presence.store.js';
export {
  RedisCounterStore,
  type Addition,
  type ShownText,
  type WantedShown,
  type Batch,
  type CounterStore,
  type OperationIdLimits,
} from './counter.store.js';
export { keyedOperation, type KeyedOperation } from './operation-id.js';
export { RedisDurableStore, type DurableStore, type SlicesAsk } from './durable.store.js';
export type { DurableSince } from './scripts/durable-since.js';
export type { DurableSlices } from './scripts/durable-slices.js';
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
  MODIFICATIONS_READ_MAX,
  RedisModificationStore,
  type BucketModifications,
  type BucketPageAsk,
  type ModificationStore,
  type ModificationsAsk,
} from './modification.store.js';
export {
  RedisHistoryStore,
  type HistoryAsk,
  type HistoryEntry,
  type HistoryLimits,
  type HistoryPart,
  type HistoryStore,
} from './history.store.js';
export {
  RedisVoteStore,
  choiceName,
  type VoteAsk,
  type VoteChange,
  type VoteStore,
  type VotedAt,
} from './vote.store.js';
export {
  BATCH_VOTES_MAX,
  VoteBatcher,
  WAITING_VOTES_MAX,
  type VoteBatcherOptions,
  type VoteRefusal,
  type Voted,
} from './vote-batcher.js';
export type { VoteChanged, VoteOutcome } from './scripts/votes-change.js';
export type { VoteView } from './scripts/votes-read.js';
export {
  RedisRepairStore,
  SET_VALUE_MAX,
  type RepairStore,
  type SetAsk,
  type SetEntry,
} from './repair.store.js';
export type { CounterSet, SetOutcome } from './scripts/counter-set.js';
export { RedisMemory, isOutOfMemory, type MemoryLimits } from './redis-memory.js';
export { RedisRegistryStore, type RegistryStore } from './registry.store.js';
export { RedisUpkeepStore, type UpkeepStore } from './upkeep.store.js';
export { RedisTrendingStore, type TrendAsk, type TrendingStore } from './trending.store.js';
export { RedisWindowStore, type WindowStore } from './window.store.js';
export {
  SLOT_LENGTHS,
  seriesPlan,
  windowPlan,
  type SlotKind,
  type SlotPlan,
  type SlotRange,
} from './window-plan.js';
export { RedisQuotaStore, type QuotaAsk, type QuotaStore } from './quota.store.js';
export type { QuotaGiven } from './scripts/quota-give.js';
export type { QuotaRead } from './scripts/quota-read.js';
export { trendReach } from './trend-window.js';
export type { TrendRow } from './scripts/trend-read.js';
export { decodeChanges, decodeHead, type BucketChanges } from './changes.js';
export type { CounterRow, CounterView, DurableRow } from './scripts/replies.js';
export type { AddOutcome, Added, BatchAdded, NewRefusal } from './scripts/counters-add.js';
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
export { AskedDurability } from './asked-durability.js';
export {
  AT_ONCE,
  ReplicaDurability,
  durabilityText,
  parseDurability,
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
  VotesRow,
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
