/** Counters that an operator gives a value, and the list of what was set (ADR 18). */
import { counterKind } from './counter-rules.js';
import type { OperationIdLimits } from './counter.store.js';
import { fenceArgs } from './fence.js';
import { counterKey, indexKey, metaKey, namesKey, operationsKey, setsKey } from './keys.js';
import { counterSet, safeOrNull, type CounterSet } from './scripts/counter-set.js';
import { peersArg, scriptNow, trendedArg, type StoreContext } from './store-context.js';

/** Who sets which counter to what, and why. */
export interface SetAsk {
  readonly bucket: number;
  readonly pageId: string;
  readonly name: string;
  /** A whole number within ±SET_VALUE_MAX; not below 0 where the counter is bounded. */
  readonly value: number;
  /** The id under which the operation is stored, and the key that the operator gave it. */
  readonly operation: { readonly id: string; readonly key: string } | null;
  readonly by: string;
  readonly reason: string | null;
}

/** One set as the list keeps it. */
export interface SetEntry extends Pick<SetAsk, 'pageId' | 'name' | 'by' | 'reason'> {
  readonly atMs: number;
  /** The key that the operator gave the operation. */
  readonly key: string | null;
  /** null: it was beyond ±(2^53 - 1). */
  readonly before: number | null;
  readonly after: number;
}

/** Largest value, and least one below zero: far from 2^53, so that a counter that was set has room. */
export const SET_VALUE_MAX = 1_000_000_000_000_000;
/** Entries of a bucket's list; older ones are dropped. */
export const SETS_KEPT = 1000;

/** Port of repairs. Both methods reject with ioredis' errors while Redis is away. */
export interface RepairStore {
  /** Sets a counter, and resolves when it is durable. */
  set(ask: SetAsk): Promise<CounterSet>;
  /** What was set of a counter in this region, the latest first, as far as it is kept. Cost O(SETS_KEPT). */
  sets(counter: Pick<SetAsk, 'bucket' | 'pageId' | 'name'>): Promise<SetEntry[]>;
}

/** Repairs on Redis. */
export class RedisRepairStore implements RepairStore {
  constructor(
    private readonly context: StoreContext,
    private readonly limits: Pick<OperationIdLimits, 'windowMs' | 'idsMax'>,
  ) {}

  async set({ bucket, pageId, name, value, operation, by, reason }: SetAsk): Promise<CounterSet> {
    const { redis, seen, rules, durability } = this.context;
    const { key, fullName } = counterKey(pageId, name);
    const made = await counterSet.run(
      redis,
      [
        metaKey(bucket),
        indexKey(bucket),
        operationsKey(bucket, 0),
        operationsKey(bucket, 1),
        namesKey(bucket),
        setsKey(bucket),
      ],
      [
        ...fenceArgs(this.context, bucket),
        scriptNow(this.context),
        this.limits.windowMs,
        this.limits.idsMax,
        trendedArg(this.context),
        peersArg(this.context),
        key,
        fullName,
        counterKind(rules, pageId, name),
        value,
        operation?.id ?? '',
        JSON.stringify({ pageId, name, by, reason, key: operation?.key ?? null }),
        SETS_KEPT,
      ],
    );
    seen.note(bucket, made.position);
    await durability.reached(made.replid);
    return made;
  }

  async sets({
    bucket,
    pageId,
    name,
  }: Pick<SetAsk, 'bucket' | 'pageId' | 'name'>): Promise<SetEntry[]> {
    const held = await this.context.redis.lrange(setsKey(bucket), 0, -1);
    return held
      .map((text) => JSON.parse(text) as SetEntry)
      .map((entry) => ({ ...entry, before: safeOrNull(entry.before) }))
      .filter((entry) => entry.pageId === pageId && entry.name === name);
  }
}
