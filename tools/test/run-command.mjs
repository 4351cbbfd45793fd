import { spawn } from 'node:child_process';

/** Longer than any stage may take on 2 cores. A stage that hangs is ended, so that the later ones still run. */
const COMMAND_MS_MAX = 30 * 60_000;
const LINGER_MS_MAX = 15_000;

/**
 * Runs a command with its output on this console. Resolves with undefined if the exit code was 0, else with a few words.
 * `isFinished` tells, asked once a second, that the work is done; what has not ended `lingerMsMax` (15 s) later is
 * ended, and fails.
 * `env` is added to the environment. An interruption (Ctrl-C, SIGTERM) ends the command and then this process, with exit code 130.
 */
export async function runCommand(
  command,
  args,
  { isFinished = () => false, lingerMsMax = LINGER_MS_MAX, env = {} } = {},
) {
  // A process group of its own: whatever a hanging command has started goes down with it.
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    detached: true,
  });
  let verdict;
  const end = (reason) => {
    verdict ??= reason;
    killGroup(child.pid);
  };
  const interrupt = () => {
    killGroup(child.pid);
    process.exit(130);
  };
  const limit = setTimeout(
    () => end(`stopped after ${COMMAND_MS_MAX / 60_000} minutes`),
    COMMAND_MS_MAX,
  );
  let linger;
  const watch = setInterval(() => {
    if (linger !== undefined || !isFinished()) return;
    linger = setTimeout(
      () => end('did not end by itself, so something was left open'),
      lingerMsMax,
    );
  }, 1000);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const failure = await new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) =>
        resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)),
      );
    });
    return verdict ?? failure;
  } finally {
    clearTimeout(limit);
    clearTimeout(linger);
    clearInterval(watch);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
