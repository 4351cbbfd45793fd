import { spawn } from 'node:child_process';

/** Ends a leash. The process at its other end is left as it is. */
export type Unleash = () => void;

/**
 * Ties another process to this one: should this one end in any way, SIGKILL of it included, the other
 * is killed with -9, and then `folder`, if one is given, is removed.
 *
 * How: a shell waits for the end of its standard input, a pipe whose only writer is this process. It leads
 * a process group of its own, or Ctrl-C in a terminal would end the guard before the guarded.
 * Call the result once the other process has ended, or its id, by then another's, would be killed.
 */
export function leash(pid: number, folder?: string): Unleash {
  const script =
    'read -r _; kill -9 "$1" 2>/dev/null; [ -z "$2" ] || { sleep 0.2; rm -rf -- "$2"; }';
  const guard = spawn('/bin/sh', ['-c', script, 'leash', String(pid), folder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Neither the guard nor the pipe may keep a finished test run from ending.
  guard.unref();
  const { stdin } = guard;
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  stdin.on('error', () => undefined);
  return () => {
    guard.kill('SIGKILL');
  };
}
