/** Every script, so that a connection knows them all before its first command. */
import { bucketAudit } from './bucket-audit.js';
import { bucketCompare } from './bucket-compare.js';
import { bucketSince } from './bucket-since.js';
import { bucketSweep } from './bucket-sweep.js';
import { counterSet } from './counter-set.js';
import { countersAdd } from './counters-add.js';
import { countersRead } from './counters-read.js';
import { durableSince } from './durable-since.js';
import { durableSlices } from './durable-slices.js';
import { followersQuiet } from './followers-quiet.js';
import { followsChange } from './follows-change.js';
import { gatewayApply } from './gateway-apply.js';
import { gatewayReap } from './gateway-reap.js';
import { historyAdd } from './history-add.js';
import { historyRead } from './history-read.js';
import { leaseEnd } from './lease-end.js';
import { leaseExpire } from './lease-expire.js';
import { leaseMark } from './lease-mark.js';
import { leaseRenew } from './lease-renew.js';
import { leaseTake } from './lease-take.js';
import { limitTake } from './limit-take.js';
import { modificationsRead } from './modifications-read.js';
import { operationsRead } from './operations-read.js';
import { quotaGive } from './quota-give.js';
import { quotaRead } from './quota-read.js';
import { regionDrop } from './region-drop.js';
import { regionFollows } from './region-follows.js';
import { regionHear } from './region-hear.js';
import { regionMerge } from './region-merge.js';
import { regionRecords } from './region-records.js';
import { regionSince } from './region-since.js';
import { regionSlice } from './region-slice.js';
import { regionStale } from './region-stale.js';
import { regionStanding } from './region-standing.js';
import { regionVotes } from './region-votes.js';
import { registryForget } from './registry-forget.js';
import { trendRead } from './trend-read.js';
import { windowRead } from './window-read.js';
import { votesChange } from './votes-change.js';
import { votesRead } from './votes-read.js';

const SCRIPTS = [
  bucketAudit,
  bucketCompare,
  bucketSince,
  bucketSweep,
  counterSet,
  countersAdd,
  countersRead,
  durableSince,
  durableSlices,
  followersQuiet,
  followsChange,
  gatewayApply,
  gatewayReap,
  historyAdd,
  historyRead,
  leaseEnd,
  leaseExpire,
  leaseMark,
  leaseRenew,
  leaseTake,
  limitTake,
  modificationsRead,
  operationsRead,
  quotaGive,
  quotaRead,
  regionDrop,
  regionFollows,
  regionHear,
  regionMerge,
  regionRecords,
  regionSince,
  regionSlice,
  regionStale,
  regionStanding,
  regionVotes,
  registryForget,
  trendRead,
  windowRead,
  votesChange,
  votesRead,
];

/**
 * The option `scripts` of ioredis. A command defined later would be missing on an automatic pipeline that is
 * being filled at that moment, and ioredis then ends the process (redis/ioredis#1931).
 */
export const ALL_SCRIPTS = Object.fromEntries(
  SCRIPTS.map(({ name, source }) => [name, { lua: source }]),
);
