/** Every script, so that a connection knows them all before its first command. */
import { bucketAudit } from './bucket-audit.js';
import { bucketCompare } from './bucket-compare.js';
import { bucketSince } from './bucket-since.js';
import { bucketSweep } from './bucket-sweep.js';
import { countersAdd } from './counters-add.js';
import { countersRead } from './counters-read.js';
import { followersQuiet } from './followers-quiet.js';
import { followsChange } from './follows-change.js';
import { gatewayApply } from './gateway-apply.js';
import { gatewayReap } from './gateway-reap.js';
import { historyAdd } from './history-add.js';
import { modificationsRead } from './modifications-read.js';
import { operationsRead } from './operations-read.js';
import { regionDrop } from './region-drop.js';
import { regionFollows } from './region-follows.js';
import { regionHear } from './region-hear.js';
import { regionMerge } from './region-merge.js';
import { regionRecords } from './region-records.js';
import { regionSince } from './region-since.js';
import { regionSlice } from './region-slice.js';
import { regionStale } from './region-stale.js';
import { regionStanding } from './region-standing.js';
import { registryForget } from './registry-forget.js';
import { trendRead } from './trend-read.js';

const SCRIPTS = [
  bucketAudit,
  bucketCompare,
  bucketSince,
  bucketSweep,
  countersAdd,
  countersRead,
  followersQuiet,
  followsChange,
  gatewayApply,
  gatewayReap,
  historyAdd,
  modificationsRead,
  operationsRead,
  regionDrop,
  regionFollows,
  regionHear,
  regionMerge,
  regionRecords,
  regionSince,
  regionSlice,
  regionStale,
  regionStanding,
  registryForget,
  trendRead,
];

/**
 * The option `scripts` of ioredis. A command defined later would be missing on an automatic pipeline that is
 * being filled at that moment, and ioredis then ends the process (redis/ioredis#1931).
 */
export const ALL_SCRIPTS = Object.fromEntries(
  SCRIPTS.map(({ name, source }) => [name, { lua: source }]),
);
