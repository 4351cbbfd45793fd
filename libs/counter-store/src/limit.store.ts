/** Limits that no window of time ever passes: one key each, in this region's Redis. */
import { HeadcountError } from '@headcount/protocol';
import { limitKey } from './keys.js';
import { REDIS_CLOCK, type ScriptClock } from './redis-clock.js';
import { limitTake, type Allowance } from './scripts/limit-take.js';
import type { StoreContext } from './store-context.js';

/** Whose limit: that of a key that callers name, or one of our own. Names of different kinds never meet. */
export type LimitKind = 'key' | 'caller' | 'address' | 'new';

/** A limit. The same key with another window is another limit. */
export interface Limit {
  readonly kind: LimitKind;
  readonly key: string;
  /** Most that a window may hold, 1 to 2^53 - 1. */
  readonly limit: number;
  /** 1 or more. */
  readonly windowSeconds: number;
}

/** Port of the limits. Rejects with ioredis' errors while Redis is away; it may have taken then. */
export interface LimitStore {
  /** Takes `cost`, all or nothing; 0 only looks. Rejects with STORE_FULL where a limit that callers name would be new. Never to be sent again by itself: each call takes. */
  take(limit: Limit, cost: number): Promise<Allowance>;
  /** The same, but null, and nothing is taken, where Redis holds nothing of the limit and would after it. */
  takeIfHeld(limit: Limit, cost: number): Promise<Allowance | null>;
}

/** Limits on Redis. */
export class RedisLimitStore implements LimitStore {
  constructor(
    private readonly context: Pick<StoreContext, 'redis' | 'memory'>,
    private readonly now: ScriptClock = REDIS_CLOCK,
  ) {}

  async take(limit: Limit, cost: number): Promise<Allowance> {
    // Our own limits go on: they protect what there is, and end within their window.
    const isRefusedNew = limit.kind === 'key' && (this.context.memory?.isFull ?? false);
    const allowance = await this.ask(limit, cost, isRefusedNew ? '1' : '0');
    if (allowance === null) throw new HeadcountError('STORE_FULL');
    return allowance;
  }

  takeIfHeld(limit: Limit, cost: number): Promise<Allowance | null> {
    return this.ask(limit, cost, '1');
  }

  private ask(
    { kind, key, limit, windowSeconds }: Limit,
    cost: number,
    isNewKept: '0' | '1',
  ): Promise<Allowance | null> {
    const slots = limitKey(kind, key, windowSeconds);
    const args = [this.now(), limit, windowSeconds * 1000, cost, isNewKept];
    return limitTake.run(this.context.redis, [slots], args);
  }
}
