import type { Clock } from '@headcount/platform';

/** Longest time that a timer can be set to, in milliseconds. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** When a token ends, and how long it is taken after that. */
export interface Expiry {
  readonly expiresAtMs: number | null;
  readonly toleranceMs: number;
}

/**
 * Calls `act` when a token ends; where it was taken after its end, when the tolerance does. The result calls it off.
 */
export function whenExpired(
  { expiresAtMs, toleranceMs }: Expiry,
  clock: Pick<Clock, 'nowMs'>,
  act: () => void,
): () => void {
  if (expiresAtMs === null) return () => undefined;
  const endMs = expiresAtMs > clock.nowMs() ? expiresAtMs : expiresAtMs + toleranceMs;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const leftMs = endMs - clock.nowMs();
    if (leftMs <= 0) return act();
    timer = setTimeout(wait, Math.min(leftMs, TIMER_MS_MAX));
  };
  wait();
  return () => clearTimeout(timer);
}
