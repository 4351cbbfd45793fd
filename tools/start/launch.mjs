import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { guard } from './guard.mjs';

const LAST_WORDS_CHARACTERS_MAX = 4000;

/**
 * Starts the process of a part. What it prints goes to its log, or to this console with its name before each line.
 * `exited` resolves with the end in words ("exit code 1", "SIGKILL") and never rejects; `lastWords()` is what it wrote
 * to its standard error.
 */
export function launch({ name, command, args, env, ipc = false, log, orphanSeconds }) {
  const output = log === undefined ? consoleOutput(name) : fileOutput(log);
  const child = spawn(command, args, {
    env: env ?? process.env,
    stdio: ['ignore', output.stdout, 'pipe', ...(ipc ? ['ipc'] : [])],
    // Ctrl-C in a terminal goes to a whole group; the supervisor alone shall hear it and stop its parts in order.
    detached: true,
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    words = (words + text).slice(-LAST_WORDS_CHARACTERS_MAX);
    output.write(text);
  });
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => output.write(`${line}\n`));
  const unguard = child.pid === undefined ? () => undefined : guard(child.pid, orphanSeconds);
  const exited = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    // Its last words may still be on their way when it ends.
  }).then(async (end) => {
    unguard();
    await ended(child.stderr);
    output.close();
    return end;
  });
  return { exited, lastWords: () => words.trim(), kill: (signal) => child.kill(signal) };
}

function fileOutput(file) {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a');
  return {
    stdout: descriptor,
    write: (text) => writeSync(descriptor, text),
    close: () => closeSync(descriptor),
  };
}

function consoleOutput(name) {
  const write = (text) => process.stdout.write(text.replace(/^(?=.)/gm, `${name} | `));
  return { stdout: 'pipe', write, close: () => undefined };
}

function ended(stream) {
  if (stream.closed) return undefined;
  return new Promise((resolve) => {
    stream.once('close', resolve);
    // A grandchild that holds the pipe open must not hold up the report.
    setTimeout(resolve, 200).unref();
  });
}
