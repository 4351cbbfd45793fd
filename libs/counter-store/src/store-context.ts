import type { Redis } from 'ioredis';
import type { FencedContext } from './fence.js';
import type { CounterRules, LivePeers } from './counter-rules.js';
import { REDIS_CLOCK, type ScriptClock } from './redis-clock.js';
import type { Durability } from './durability.js';
import type { NewRefusal } from './scripts/counters-add.js';

/** What every repository works with. One a process; `seen` is shared, so that each learns from all. */
export interface StoreContext extends FencedContext {
  readonly redis: Redis;
  /** What time scripts are told for what they end or file by it; default: they ask Redis. */
  readonly scriptClock?: ScriptClock;
  /** When what was written counts as written. */
  readonly durability: Durability;
  /** Names of counters whose gains are kept, so that pages trend by them; default: none. */
  readonly trended?: readonly string[];
  /** Whether Redis has room for anything new; default: it has. */
  readonly memory?: { readonly isFull: boolean };
  /** Which counters are windowed, and which are bounded; default: none. */
  readonly rules?: CounterRules;
  /** The regions without which nothing of a bounded counter may be lowered after something was forgotten; default: none. */
  readonly livePeers?: LivePeers;
}

/** The refusal that a script answers where something would be new; '' where it may be made. */
export function newRefusal({ memory }: StoreContext, ifNew?: NewRefusal | null): string {
  return memory?.isFull ? 'STORE_FULL' : (ifNew ?? '');
}

/** What scripts are told of the time: one clock for all callers, lest one whose clock is wrong ends what others keep. */
export function scriptNow({
  scriptClock = REDIS_CLOCK,
}: Pick<StoreContext, 'scriptClock'>): number | '' {
  return scriptClock();
}

/** Seconds since 1970, for what Redis keeps as informational time. */
export function nowSeconds({ sources }: StoreContext): number {
  return Math.floor(sources.nowMs() / 1000);
}

/** What scripts that change durable counters are told of the names that are trended. */
export function trendedArg({ trended = [] }: StoreContext): string {
  return trended.join();
}

/** What scripts that use rights in a bounded counter are told of the peers that are alive. */
export function peersArg({ livePeers }: StoreContext): string {
  return livePeers?.names().join() ?? '';
}
