import type { Redis } from 'ioredis';
import type { FenceSources, SeenPositions } from './fence.js';

/** What every repository works with. One a process; `seen` is shared, so that each learns from all. */
export interface StoreContext {
  readonly redis: Redis;
  readonly sources: FenceSources;
  readonly seen: SeenPositions;
}

/** Seconds since 1970, for what Redis keeps as informational time. */
export function nowSeconds({ sources }: StoreContext): number {
  return Math.floor(sources.nowMs() / 1000);
}
