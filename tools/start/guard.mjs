import { spawn } from 'node:child_process';

/** TERM after the given wait, and KILL 12 s later if that has not helped. `$1` process, `$2` seconds. */
const SCRIPT = `
  read -r _; sleep "$2"; kill -TERM "$1"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do kill -0 "$1" || exit; sleep 1; done
  kill -KILL "$1"`;

/**
 * Ends process `pid`, `seconds` after this process has ended in whatever way, SIGKILL among them. How: a shell waits for
 * the end of its standard input, a pipe whose only writer is this process; in a group of its own, so Ctrl-C does not reach
 * it. The function that is returned ends the guard; call it once the guarded has ended.
 */
export function guard(pid, seconds) {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'guard', String(pid), String(seconds)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.stdin.unref();
  shell.unref();
  return () => shell.kill('SIGKILL');
}
