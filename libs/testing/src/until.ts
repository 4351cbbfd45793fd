import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** How long and for what to wait. */
export interface UntilOptions<T> {
  /** Completes the sentence "Waited 5000 ms for …". Default `the condition`. */
  readonly what?: string;
  /** Default 5000. */
  readonly timeoutMs?: number;
  /** Pause between two looks, default 10. */
  readonly everyMs?: number;
  /** Whether a value ends the wait; default: any truthy one does. */
  readonly accept?: (value: T) => boolean;
}

/**
 * Looks again and again until `condition` gives a value that is accepted, and resolves with it. A
 * condition that throws or rejects is not met yet.
 * Rejects after the time with one sentence that names what was waited for and what was seen last,
 * also when the last look itself never answers.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions<T> = {},
): Promise<T> {
  const { what = 'the condition', timeoutMs = 5000, everyMs = 10, accept = Boolean } = options;
  const deadline = performance.now() + timeoutMs;
  let lastSeen = 'nothing, for the first look has not ended';
  for (;;) {
    const look = await within(deadline - performance.now(), () => condition());
    if (look.kind === 'value' && accept(look.value)) return look.value;
    if (look.kind !== 'late') lastSeen = describeLook(look);
    if (look.kind === 'late' || performance.now() + everyMs >= deadline) break;
    await sleep(everyMs);
  }
  throw new Error(`Waited ${timeoutMs} ms for ${what}; last seen: ${lastSeen}`);
}

type Look<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'late' };

/** One look, given up after `ms`: a condition that hangs must not outlive the time limit. */
async function within<T>(ms: number, condition: () => T | Promise<T>): Promise<Look<T>> {
  const cancel = new AbortController();
  const late = sleep(Math.max(ms, 1), undefined, { signal: cancel.signal }).then(
    (): Look<T> => ({ kind: 'late' }),
    (): Look<T> => ({ kind: 'late' }),
  );
  const look = Promise.resolve()
    .then(condition)
    .then(
      (value): Look<T> => ({ kind: 'value', value }),
      (error: unknown): Look<T> => ({ kind: 'error', error }),
    );
  const first = await Promise.race([look, late]);
  cancel.abort();
  return first;
}

function describeLook<T>(look: Exclude<Look<T>, { kind: 'late' }>): string {
  if (look.kind === 'value') return inspect(look.value, { depth: 4, breakLength: Infinity });
  return look.error instanceof Error
    ? `${look.error.name}: ${look.error.message}`
    : inspect(look.error);
}
