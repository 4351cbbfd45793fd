/**
 * A private Redis for the tests of this library: stores over it, raw reads that use none of our scripts, and
 * the two ways of forgetting, a flush and a return to an earlier state.
 */
import type { Redis } from 'ioredis';
import type { Presence } from '@headcount/crdt';
import { startRedis } from '@headcount/testing';
import { commandConnection } from '../connect.js';
import { LivePeers, NO_RULES, type CounterRules } from '../counter-rules.js';
import { RedisCounterStore } from '../counter.store.js';
import { AT_ONCE } from '../durability.js';
import { SeenPositions } from '../fence.js';
import { RedisFollowStore } from '../follow.store.js';
import { RedisHistoryStore } from '../history.store.js';
import { RedisModificationStore } from '../modification.store.js';
import { RedisQuotaStore } from '../quota.store.js';
import { PART_BOUNDS } from '../region-reader.js';
import { RedisRegionStore } from '../region.store.js';
import { RedisRepairStore } from '../repair.store.js';
import { RedisTrendingStore } from '../trending.store.js';
import { RedisPresenceStore } from '../presence.store.js';
import { RedisUpkeepStore } from '../upkeep.store.js';
import { RedisWindowStore } from '../window.store.js';
import { RedisVoteStore } from '../vote.store.js';
import type { StoreContext } from '../store-context.js';

/** All keys with their serialised values. */
export type Snapshot = readonly { readonly key: string; readonly value: Buffer }[];

export type StoreHarness = Awaited<ReturnType<typeof openStores>>;

/** Starts a Redis without persistence and opens stores on it; time is what `clock.nowMs` says. */
export async function openStores(
  options: {
    readonly region?: string;
    readonly trended?: readonly string[];
    readonly rules?: CounterRules;
    readonly peers?: readonly string[];
    readonly buckets?: number;
    readonly followsMax?: number;
    /** How long operation ids are kept; default 10 min. */
    readonly windowMs?: number;
    /** How many of them; default 1,000. */
    readonly idsMax?: number;
    /** How many of one viewer; default: all. */
    readonly idsPerViewerMax?: number;
  } = {},
) {
  const server = await startRedis({ listen: 'unix', args: ['--appendonly', 'no'] });
  const redis = commandConnection({ redisUrl: server.url, commandTimeoutMs: 5000 });
  await redis.connect();
  const clock = { nowMs: 1_700_000_000_000 };
  let drawn = 0;
  const { windowMs = 600_000, idsMax = 1000, idsPerViewerMax = idsMax } = options;
  const livePeers = new LivePeers(options.peers ?? []);
  const memory = { isFull: false };
  const context: StoreContext = {
    redis,
    sources: { nowMs: () => clock.nowMs, randomHex: () => (drawn++).toString(16).padStart(8, '0') },
    scriptClock: () => clock.nowMs,
    seen: new SeenPositions(),
    region: options.region ?? '',
    durability: AT_ONCE,
    trended: options.trended ?? [],
    rules: options.rules ?? NO_RULES,
    livePeers,
    memory,
  };
  const partBounds = { ...PART_BOUNDS };
  const home = options.region ?? 'local';
  const buckets = options.buckets ?? 1;
  return {
    server,
    redis,
    clock,
    context,
    /** Whether Redis is said to have no room for anything new. */
    memory,
    /** What one part of a region's answer may hold; may be changed at any time. */
    partBounds,
    presence: new RedisPresenceStore(context),
    counters: new RedisCounterStore(context, { windowMs, idsMax, idsPerViewerMax }),
    repairs: new RedisRepairStore(context, { windowMs, idsMax }),
    upkeep: new RedisUpkeepStore(context),
    trending: new RedisTrendingStore(context),
    windows: new RedisWindowStore(context),
    quotas: new RedisQuotaStore(context),
    livePeers,
    follows: new RedisFollowStore(context, {
      ...{ buckets, home, followsMax: options.followsMax ?? 10_000 },
    }),
    modifications: new RedisModificationStore(context, { buckets, home }),
    history: new RedisHistoryStore(context, { buckets, lengthMax: 5, ageMsMax: 86_400_000 }),
    votes: new RedisVoteStore(context, { buckets }),
    regions: new RedisRegionStore(context, { windowMs }, partBounds),
    snapshot: () => takeSnapshot(redis),
    rollBackTo: (snapshot: Snapshot) => restore(redis, snapshot),
    async close(): Promise<void> {
      redis.disconnect();
      await server.stop();
    },
  };
}

async function takeSnapshot(redis: Redis): Promise<Snapshot> {
  const keys = await redis.keys('*');
  return Promise.all(
    keys.map(async (key) => ({ key, value: (await redis.dumpBuffer(key)) ?? Buffer.alloc(0) })),
  );
}

async function restore(redis: Redis, snapshot: Snapshot): Promise<void> {
  await redis.flushall();
  await Promise.all(snapshot.map(({ key, value }) => redis.restore(key, 0, value)));
}

const presenceOf = (text: string | undefined): Presence => {
  const [viewers, connections] = (text ?? '0,0').split(',').map(Number);
  return { viewers: viewers ?? 0, connections: connections ?? 0 };
};

/** What each gateway has stored in a bucket, read without our scripts: instance -> counter key -> presence. */
export async function rawEntries(
  redis: Redis,
  bucket: number,
): Promise<Map<string, Map<string, Presence>>> {
  const prefix = `hc:{${bucket}}:gateway:`;
  const gateways = new Map<string, Map<string, Presence>>();
  for (const key of await redis.keys(`hc:{${bucket}}:gateway:*`)) {
    const held = Object.entries(await redis.hgetall(key));
    gateways.set(
      key.slice(prefix.length),
      new Map(held.map(([field, text]) => [field, presenceOf(text)])),
    );
  }
  return gateways;
}

/** Every field of a bucket's shelves, read without our scripts. */
export async function rawShelves(redis: Redis, bucket: number): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  for (const key of await redis.keys(`hc:{${bucket}}:shelf:*`)) {
    for (const [field, text] of Object.entries(await redis.hgetall(key))) fields.set(field, text);
  }
  return fields;
}

/** Presence registers that count somebody, read without our scripts: counter key -> presence. */
export async function rawRegisters(redis: Redis, bucket: number): Promise<Map<string, Presence>> {
  const registers = new Map<string, Presence>();
  for (const [field, text] of await rawShelves(redis, bucket)) {
    if (!field.endsWith('\t~')) continue;
    const presence = presenceOf(text);
    if (presence.connections > 0 || presence.viewers > 0)
      registers.set(field.slice(0, -2), presence);
  }
  return registers;
}
