import { setTimeout as sleep } from 'node:timers/promises';

/** Pause between two batches of closes. */
export const DRAIN_STEP_MS = 20;

/** Patience with who was told to go, before its connection is cut, in milliseconds. */
export const CLOSE_MS_MAX = 1000;

/** Closes in a batch where there are few: below this nobody notices that they come at once. */
const BATCH_MIN = 10;

/**
 * Who is closed when: batches, DRAIN_STEP_MS apart, over at most `spreadMs`. Spread, for all that
 * are closed come back at once to gateways that already have sockets of their own.
 */
export function drainPlan<T>(all: readonly T[], spreadMs: number): T[][] {
  const steps = Math.max(1, Math.floor(spreadMs / DRAIN_STEP_MS));
  const size = Math.max(BATCH_MIN, Math.ceil(all.length / steps));
  const batches: T[][] = [];
  for (let at = 0; at < all.length; at += size) batches.push(all.slice(at, at + size));
  return batches;
}

/** How whoever is connected is sent away. */
export interface Drain<T> {
  readonly spreadMs: number;
  /** Says goodbye; it leaves the set by itself when it has gone. */
  readonly end: (one: T) => void;
  /** For who has not gone in time. */
  readonly cut: (one: T) => void;
}

/** Sends away all who are in a set, over at most `spreadMs`; resolves when nobody is left to wait for. */
export async function drainAll<T>(
  all: ReadonlySet<T>,
  { spreadMs, end, cut }: Drain<T>,
): Promise<void> {
  for (const batch of drainPlan([...all], spreadMs)) {
    batch.forEach(end);
    await sleep(DRAIN_STEP_MS);
  }
  for (let waitedMs = 0; all.size > 0 && waitedMs < CLOSE_MS_MAX; waitedMs += DRAIN_STEP_MS)
    await sleep(DRAIN_STEP_MS);
  for (const one of all) cut(one);
}
