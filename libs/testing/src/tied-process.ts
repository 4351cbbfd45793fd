import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { leash } from './leash.js';

/** How a process ended: its code, or the signal that ended it. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child that cannot outlive this process, and does not keep it alive either. */
export interface TiedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<ProcessEnd>;
  /** Sends `signal` and waits for the end; after `graceMs` (default 5000) sends SIGKILL. At once if it has ended. */
  end(signal: NodeJS.Signals, graceMs?: number): Promise<ProcessEnd>;
}

/** Options of `spawn`, and a folder to remove should this process end before its child. */
export interface TiedOptions extends SpawnOptions {
  readonly folder?: string;
}

/**
 * Starts `command` and ties it to this process (see {@link leash}).
 * Rejects with a sentence if there is no such program.
 */
export async function spawnTied(
  command: string,
  args: readonly string[],
  options: TiedOptions,
): Promise<TiedProcess> {
  const { folder, ...spawnOptions } = options;
  const child = spawn(command, args, spawnOptions);
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'ENOENT' ? new Error(`${command} is not installed, or not on PATH`) : error,
      );
    });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} has started without a process id`);
  const unleash = leash(pid, folder);
  void exited.then(unleash);
  child.unref();
  return {
    pid,
    child,
    exited,
    end: (signal, graceMs = 5000) => end(child, exited, signal, graceMs),
  };
}

async function end(
  child: ChildProcess,
  exited: Promise<ProcessEnd>,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<ProcessEnd> {
  // Without a reference Node would end before its child where nothing else is left to do.
  child.ref();
  child.kill(signal);
  // A stopped process (SIGSTOP) hears nothing but SIGKILL until it goes on.
  if (signal !== 'SIGSTOP') child.kill('SIGCONT');
  const impatience = setTimeout(() => child.kill('SIGKILL'), graceMs);
  try {
    return await exited;
  } finally {
    clearTimeout(impatience);
  }
}
