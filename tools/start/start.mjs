/**
 * `npm start [-- --all-in-one] [--verbose]`: all of Headcount on this machine, from a fresh clone on. Installs what is
 * missing, builds, starts a private Redis and the apps, says where they are, starts again what dies, and stops everything
 * on Ctrl-C. Nothing but Node itself is imported on the way, for at first nothing else is there.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../setup/fault.mjs';
import { ensureNodeModules } from '../setup/node-modules.mjs';
import { ensureProgram, REDIS } from '../setup/programs.mjs';
import { addressesOf, appParts } from './apps.mjs';
import { holdLock } from './instance-lock.mjs';
import { beginLogs } from './logs.mjs';
import { checkPorts } from './ports.mjs';
import { endLeftover, redisPart } from './private-redis.mjs';
import { readSettings } from './settings.mjs';
import { signingKeysIn } from './signing-keys.mjs';
import { supervise } from './supervise.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const startedMs = performance.now();
const say = (line) => console.log(line);

async function main() {
  const settings = readSettings(process.argv.slice(2), process.env, root);
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  holdLock(join(settings.dataDir, 'start.lock'));
  beginLogs(settings.logDir);
  ensureNodeModules(root, say);
  const ownRedis = settings.redisUrl === undefined;
  const redis = ownRedis ? await privateRedis(settings) : undefined;
  await checkPorts(settings);
  build();

  const redisUrl = redis?.url ?? settings.redisUrl;
  const apps = appParts(settings, { root, redisUrl, signingKeys: signingKeysIn(settings.dataDir) });
  const names = apps.map(({ name }) => name).join(', ');
  say(`Starting ${ownRedis ? 'a private Redis, ' : ''}${names} …`);
  await supervise(redis ? [[redis.part], apps] : [apps], {
    say,
    onReady: () => sayReady(settings),
  });
}

async function privateRedis(settings) {
  const redis = redisPart(ensureProgram(REDIS, say), settings);
  await endLeftover(redis.address, say);
  return redis;
}

function build() {
  say('Building …');
  const { status } = spawnSync(process.execPath, [join(root, 'tools/build/build.mjs')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Fault('The build failed.');
}

function sayReady(settings) {
  const { page, graphql, health } = addressesOf(settings);
  const rows = (list) => list.map(([name, url]) => `    ${name.padEnd(18)}${url}`).join('\n');
  const logs = settings.verbose ? 'here' : place(settings.logDir);
  const data = settings.redisUrl === undefined ? place(settings.dataDir) : 'the Redis of REDIS_URL';
  say(`
Headcount is ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s.

  Open in a browser, best in two at once
    ${page}
  GraphQL
${rows(graphql)}
  Health
${rows(health)}
  Data in ${data}, logs in ${logs}

Ctrl-C stops everything.
`);
}

function place(folder) {
  const fromHere = relative(process.cwd(), folder);
  return `${fromHere.startsWith('..') ? folder : fromHere}/`;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
