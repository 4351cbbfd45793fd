import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for `work`, for at most `ms` milliseconds: what is left of it goes on unheeded. Rejects as `work` does meanwhile. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const late = sleep(ms, undefined, { signal: done.signal }).catch(() => undefined);
  // A failure after its time would else end the process.
  work.catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
