/**
 * `node tools/setup/run.mjs [--build] [--redis] TOOL …`: runs a tool of the workspace in a fresh clone too. Installs the node
 * modules where they are missing, with --build compiles the code, with --redis makes sure that there is a redis-server, and then runs
 * TOOL, a file of the workspace or a program of node_modules, with the rest of the arguments. A tool of the workspace becomes this
 * process. Nothing but Node itself is imported on the way. What it does goes to standard error.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { consentOf } from './consent.mjs';
import { Fault } from './fault.mjs';
import { ensureNodeModules } from './node-modules.mjs';
import { ensureProgram, REDIS } from './programs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const say = (text) => console.error(text);

async function prepare(needs) {
  await ensureNodeModules(root, say);
  if (needs.has('--redis')) {
    await ensureProgram(REDIS, {
      ...{ print: say, consent: consentOf(false), toAllow: 'the same with CI=true' },
    });
  }
  if (needs.has('--build')) await build(root);
}

/** A program of node_modules, whose exit code becomes ours. */
function runProgram(name, args) {
  const { status } = spawnSync(join(root, 'node_modules/.bin', name), args, {
    ...{ cwd: root, stdio: 'inherit' },
  });
  process.exit(status ?? 1);
}

async function main() {
  const given = process.argv.slice(2);
  const first = given.findIndex((argument) => !argument.startsWith('--'));
  const [tool, ...args] = given.slice(first);
  await prepare(new Set(given.slice(0, first)));
  if (!tool.includes('/')) return runProgram(tool, args);
  const file = join(root, tool);
  // As if it had been called itself.
  process.argv.splice(1, Infinity, file, ...args);
  await import(pathToFileURL(file).href);
}

main().catch((cause) => {
  if (!(cause instanceof Fault)) throw cause;
  say(cause.message);
  process.exitCode = 1;
});
