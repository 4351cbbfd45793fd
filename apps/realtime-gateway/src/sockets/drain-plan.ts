/** Pause between two batches of closes. */
export const DRAIN_STEP_MS = 20;

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
