import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { Fault } from './fault.mjs';

/** Programs that this workspace needs and npm does not bring, with their names for the system's package managers. */
export const REDIS = {
  name: 'redis-server',
  commands: ['redis-server'],
  apt: 'redis-server',
  brew: 'redis',
};
export const CHROMIUM = {
  name: 'Chromium',
  commands: ['chromium', 'chromium-browser', 'google-chrome'],
  apt: 'chromium',
  brew: 'chromium',
};
export const POSTGRES = {
  name: 'PostgreSQL',
  // Debian keeps `postgres` off PATH; the other comes with it.
  commands: ['postgres', 'pg_ctlcluster'],
  apt: 'postgresql',
  brew: 'postgresql',
};

export const PGBOUNCER = {
  name: 'PgBouncer',
  commands: ['pgbouncer', '/usr/sbin/pgbouncer'],
  apt: 'pgbouncer',
  brew: 'pgbouncer',
};

/**
 * Makes sure that a program is on PATH and gives its file. If it is not, and `consent` to that question resolves to true,
 * installs it with apt-get where the user is root, or with brew. Rejects with a Fault that says what to do where that may or
 * can not be done from here: `toAllow` is what to run to consent, `otherwise` what does without the program.
 */
export async function ensureProgram(program, { print, consent, toAllow, otherwise = [] }) {
  const present = findProgram(program);
  if (present !== undefined) return present;
  const install = installer(program);
  if (install === undefined) throw new Fault(whatToDo(program, [byHand(program), ...otherwise]));
  const [manager] = install;
  if (!(await consent(`Install ${program.name} with ${manager}?`))) {
    const ways = [shortOf(install), toAllow].map((command) => `run "${command}"`);
    throw new Fault(whatToDo(program, [...ways, ...otherwise]));
  }
  print(`Installing ${program.name} (${install.join(' ')}) …`);
  const failed = runQuietly(install);
  const installed = findProgram(program);
  if (installed !== undefined) return installed;
  throw new Fault(
    `${whatToDo(program, [byHand(program), ...otherwise])}\nAn attempt from here failed: ${failed ?? 'it is not on PATH'}`,
  );
}

/** The program's file, or undefined if it is not on PATH. */
export function findProgram({ commands }) {
  return commands.map(findOnPath).find((file) => file !== undefined);
}

function findOnPath(command) {
  // One that is installed where the PATH of ordinary users does not lead.
  if (isAbsolute(command)) return isExecutable(command) ? command : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installer({ apt, brew }) {
  if (process.platform === 'darwin' && findOnPath('brew')) return ['brew', 'install', brew];
  const isRoot = process.getuid?.() === 0;
  if (isRoot && findOnPath('apt-get'))
    return ['apt-get', 'install', '-y', '--no-install-recommends', apt];
  return undefined;
}

/** Undefined if it worked, else what the installer said at last. */
function runQuietly([command, ...args]) {
  // RUNLEVEL: Debian starts what it installs, but a server of the system's own is not wanted here.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const run = (runArgs) => spawnSync(command, runArgs, { env, encoding: 'utf8' });
  let { status, stderr } = run(args);
  if (status !== 0 && command === 'apt-get') {
    // A fresh image has no list of packages, and an old list names files that are gone.
    run(['update']);
    ({ status, stderr } = run(args));
  }
  return status === 0 ? undefined : stderr.trim().split('\n').at(-1);
}

/** The same without the options for runs without a terminal. */
function shortOf(install) {
  return install.filter((word) => !word.startsWith('-')).join(' ');
}

function byHand({ apt, brew }) {
  return `run "sudo apt-get install ${apt}" (Debian, Ubuntu) or "brew install ${brew}" (macOS) and try again`;
}

function whatToDo({ name }, ways) {
  return `${name} is not installed: ${ways.join(', or ')}.`;
}
