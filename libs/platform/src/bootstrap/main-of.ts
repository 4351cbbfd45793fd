import { performance } from 'node:perf_hooks';
import { ConfigError, type Environment } from '../config/load-config.js';
import { StartError } from './start-error.js';

/** Whatever runs and can be stopped: an app, or several as one. */
export interface Stoppable {
  readonly url?: string;
  close(): Promise<void>;
}

/** How long a stop may take, in milliseconds, before the process ends anyway. */
const STOP_MS_MAX = 10_000;

/** Signals this close together, in milliseconds, are one. */
const ECHO_MS = 500;

/**
 * The whole of an app's `main.ts`: starts, stops on SIGTERM and SIGINT, and ends the process. A
 * second signal ends it at once. HEADCOUNT_PARENT=ipc: stops when the parent goes away, so that no
 * app is left behind, and tells it `{ ready: url }`. Exit code 1 with one sentence a fault where it
 * cannot start. This is the one place that reads the variables of the process and ends it.
 */
export async function mainOf(start: (env: Environment) => Promise<Stoppable>): Promise<void> {
  const asked = askedToStop();
  try {
    const running = await Promise.race([start(process.env), asked]);
    // Asked before it had started: there is nobody to say goodbye to.
    if (!running) return process.exit(0);
    if (hasParent()) process.send?.({ ready: running.url ?? null });
    await asked;
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
    await running.close();
    process.exit(0);
  } catch (cause) {
    process.stderr.write(`${sentences(cause)}\n`);
    process.exit(1);
  }
}

const hasParent = (): boolean => process.env.HEADCOUNT_PARENT === 'ipc';

/** Resolves when somebody wants the process to stop; whoever signals again wants it at once. */
function askedToStop(): Promise<undefined> {
  return new Promise((resolve) => {
    let firstAtMs: number | null = null;
    const signalled = (): void => {
      firstAtMs ??= performance.now();
      // A Ctrl-C reaches the whole group, and a parent that hears it passes it on: still one wish.
      if (performance.now() - firstAtMs > ECHO_MS) process.exit(1);
      resolve(undefined);
    };
    process.on('SIGTERM', signalled);
    process.on('SIGINT', signalled);
    if (hasParent()) process.on('disconnect', () => resolve(undefined));
  });
}

function sentences(cause: unknown): string {
  if (cause instanceof ConfigError) return cause.faults.join('\n');
  if (cause instanceof StartError) return cause.message;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
