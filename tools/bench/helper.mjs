/**
 * Helpers are programs of the benchmark in processes of their own: servers to compare with, and what makes the load. Each
 * is asked over Node's channel, one question at a time.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pinToServerCore } from './cores.mjs';

/**
 * Starts a program that calls `serveHelper`, on the core where `pin` puts it. `program` is a URL, `env` all of the
 * environment but PATH. Resolves once it is ready, with what it told then; rejects if it ends before.
 */
export async function startHelper(program, { args = [], env = {}, pin }) {
  const child = fork(fileURLToPath(program), args.map(String), {
    // As a team would run it; and nothing of this process' own settings may reach it.
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    // Standard output is for the table alone.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  pin(child.pid);
  const { ready } = await messageOf(child);
  const ask = async (question) => {
    child.send(question);
    return (await messageOf(child)).answer;
  };
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { pid: child.pid, ready, ask, stop };
}

/** Starts a built app as a helper that is asked nothing; apps tell their parent that they are ready if it wants to know. */
export function startApp(name, settings) {
  return startHelper(new URL(`../../dist/apps/${name}/src/main.js`, import.meta.url), {
    env: { HEADCOUNT_PARENT: 'ipc', LOG_LEVEL: 'warn', ...settings },
    pin: pinToServerCore,
  });
}

/** Called by a helper once it is ready: tells `ready` to whoever started it, then answers every question. */
export function serveHelper(ready, answer = () => undefined) {
  // However the benchmark ends, nothing of it stays behind.
  process.on('disconnect', () => process.exit());
  process.on('message', async (question) => {
    try {
      process.send({ answer: await answer(question) });
    } catch (error) {
      process.send({ error: error.message });
    }
  });
  process.send({ ready });
}

async function messageOf(child) {
  const abandon = new AbortController();
  const { signal } = abandon;
  try {
    const ended = once(child, 'exit', { signal }).then(([code, by]) => {
      throw new Error(`${child.spawnargs[1]} ended (${by ?? code}) instead of answering`);
    });
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    if (message.error !== undefined) throw new Error(message.error);
    return message;
  } finally {
    abandon.abort();
  }
}
