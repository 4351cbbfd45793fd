import { setTimeout as sleep } from 'node:timers/promises';

/** Pause between two batches of closes, in milliseconds. */
const DRAIN_STEP_MS = 20;

/**
 * Timeout of a stop for a client's close frame, in milliseconds; then the connection is cut. It has been sent why by then, so nothing
 * is lost; a supervisor does not wait for those that never answer.
 */
export const CLOSE_MS_MAX = 150;

/**
 * What a drain takes for each where there are few, in milliseconds: 200 that go in a second are a burden
 * for nobody, so a small gateway need not use up all its time.
 */
const EACH_MS = 5;

/**
 * How many of `count` are to have been sent away `elapsedMs` after the beginning of a drain that takes at
 * most `spreadMs`: evenly, for all that are closed come back at once to gateways that already have sockets
 * of their own. By the clock and not by steps, which take longer where there is much to do.
 */
export function dueBy(count: number, elapsedMs: number, spreadMs: number): number {
  const takesMs = Math.min(spreadMs, count * EACH_MS);
  return elapsedMs >= takesMs ? count : Math.ceil((count * elapsedMs) / takesMs);
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
  const inTurn = [...all];
  const begunMs = performance.now();
  for (let ended = 0; ended < inTurn.length;) {
    await sleep(DRAIN_STEP_MS);
    const due = dueBy(inTurn.length, performance.now() - begunMs, spreadMs);
    inTurn.slice(ended, due).forEach(end);
    ended = due;
  }
  for (let waitedMs = 0; all.size > 0 && waitedMs < CLOSE_MS_MAX; waitedMs += DRAIN_STEP_MS)
    await sleep(DRAIN_STEP_MS);
  for (const one of all) cut(one);
}
