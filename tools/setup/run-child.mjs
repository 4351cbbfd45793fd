import { spawn } from 'node:child_process';

/** What runs now; it ends with this process, which may be told to stop meanwhile. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGTERM')));

/**
 * Runs a command without holding up this process, so that signals are heard. Resolves with its exit code, null where it has none, and all that it
 * printed; `stderr` may be 'inherit'. Never rejects.
 */
export function run(command, args, { cwd, stderr = 'pipe' }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', stderr] });
    running.add(child);
    let printed = '';
    for (const output of [child.stdout, child.stderr])
      output?.setEncoding('utf8').on('data', (text) => (printed += text));
    const end = (status) => {
      running.delete(child);
      resolve({ status, printed });
    };
    child.once('error', ({ message }) => {
      printed += message;
      end(null);
    });
    child.once('close', end);
  });
}
