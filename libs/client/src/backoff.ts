/** Longest pause between two attempts to connect, in milliseconds. */
export const BACKOFF_MS_MAX = 30_000;

const FIRST_MS = 500;

/**
 * The pause before an attempt to connect: twice as long with every one that failed, and between
 * half of it and all of it by chance, so that the viewers of a gateway that has gone do not come to
 * the next at once. `random` is from 0 up to 1.
 */
export function backoffMs(failedAttempts: number, random: number): number {
  const whole = Math.min(FIRST_MS * 2 ** failedAttempts, BACKOFF_MS_MAX);
  return whole * (0.5 + random / 2);
}
