import { setImmediate as turn } from 'node:timers/promises';

/** Whatever runs and can be stopped. */
interface Stoppable {
  readonly url?: string;
  /** How long `close` may take, in milliseconds, where its operator has asked for more than the usual. */
  readonly stopMsMax?: number;
  close(): Promise<void>;
}

type Start = (env: Readonly<Record<string, string | undefined>>) => Promise<Stoppable>;

/** How long a stop may take, in milliseconds. Supervisors and people expect a second; ending the process takes some of it. */
const STOP_MS_MAX = 850;

/** Signals this close together, in milliseconds, are one. */
const ECHO_MS = 500;

/** SIGHUP: the terminal has been closed. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * What takes longest to load. Loading holds up the event loop, so a signal is only heard between two of these. Before a module is loaded
 * for the first time nothing but this file has run.
 */
const PIECES: readonly (() => Promise<unknown>)[] = [
  () => import('zod'),
  () => import('@nestjs/common'),
  () => import('undici'),
  () => import('graphql'),
  () => import('@nestjs/core'),
  () => import('ioredis'),
  () => import('@nestjs/platform-fastify'),
  () => import('@nestjs/graphql'),
  () => import('@nestjs/swagger'),
];

/**
 * The whole of an app's `main.ts`: loads and starts it, stops on SIGTERM, SIGINT and SIGHUP, and ends the process. Exit code 0 after
 * every stop that was asked for, in whatever state the app was: what is acknowledged is in Redis by then, and what does not end within
 * STOP_MS_MAX is cut off. A second signal ends the process at once.
 *
 * HEADCOUNT_PARENT=ipc: stops when the parent goes away, so that no app is left behind, and sends it `{ ready: url }`. Exit code 1, and one
 * sentence a fault, where the app cannot start. This is the one place that reads the variables of the process and ends it.
 */
export async function mainOf(load: () => Promise<Start>, pieces = PIECES): Promise<void> {
  const asked = askedToStop();
  try {
    const running = await Promise.race([begin(load, pieces), asked]);
    // Asked before it had started: there is nobody to say goodbye to.
    if (!running) return process.exit(0);
    if (hasParent()) process.send?.({ ready: running.url ?? null });
    await asked;
    await stop(running);
    process.exit(0);
  } catch (cause) {
    process.stderr.write(`${sentences(cause)}\n`);
    process.exit(1);
  }
}

async function begin(load: () => Promise<Start>, pieces: typeof PIECES): Promise<Stoppable> {
  for (const piece of pieces) {
    await piece();
    await turn();
  }
  const start = await load();
  await turn();
  return start(process.env);
}

/** Resolves when everything has stopped, or its time is up. */
async function stop(running: Stoppable): Promise<void> {
  const ms = running.stopMsMax ?? STOP_MS_MAX;
  const cutShort = new Promise<void>((resolve) => {
    setTimeout(() => {
      process.stderr.write(`Not everything had stopped after ${ms} ms; the rest is cut off.\n`);
      resolve();
    }, ms).unref();
  });
  await Promise.race([running.close(), cutShort]);
}

const hasParent = (): boolean => process.env.HEADCOUNT_PARENT === 'ipc';

/** Resolves when somebody wants the process to stop; whoever signals again wants it at once. */
function askedToStop(): Promise<undefined> {
  return new Promise((resolve) => {
    let firstAtMs: number | null = null;
    const signalled = (): void => {
      firstAtMs ??= performance.now();
      // A Ctrl-C reaches the whole group, and a parent that hears it passes it on: still one wish.
      if (performance.now() - firstAtMs > ECHO_MS) process.exit(0);
      resolve(undefined);
    };
    for (const signal of SIGNALS) process.on(signal, signalled);
    if (hasParent()) process.on('disconnect', () => resolve(undefined));
    // Whoever read what is printed may be gone, as a terminal is after SIGHUP; that must not end a stop half-way.
    for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  });
}

/** An error that its operator can mend says how, in `sentences`. */
function sentences(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if ('sentences' in cause && Array.isArray(cause.sentences)) return cause.sentences.join('\n');
  return cause.stack ?? cause.message;
}
