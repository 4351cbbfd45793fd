/**
 * `npm start [-- --all-in-one] [--verbose] [--regions 2] [--install]`: all of Headcount on this machine, from a fresh clone on.
 * Installs what is missing (Redis only if that is allowed), builds, starts a private Redis and the apps, says where they are, starts again what dies, and stops
 * everything on Ctrl-C, SIGTERM and SIGHUP. With --regions, so many whole regions that `npm run regions` can split and rejoin. Nothing but Node
 * itself is imported on the way, for at first nothing else is there.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openControl } from '../regions/control.mjs';
import { Links } from '../regions/links.mjs';
import { build } from '../setup/build.mjs';
import { consentOf } from '../setup/consent.mjs';
import { Fault } from '../setup/fault.mjs';
import { ensureNodeModules } from '../setup/node-modules.mjs';
import { ensureProgram, REDIS } from '../setup/programs.mjs';
import { appParts, counterApiOf } from './apps.mjs';
import { greeting } from './greeting.mjs';
import { holdLock } from './instance-lock.mjs';
import { beginLogs, noteIn } from './logs.mjs';
import { checkPorts } from './ports.mjs';
import { endLeftover, redisPart } from './private-redis.mjs';
import { readSettings } from './settings.mjs';
import { signingKeysIn } from './signing-keys.mjs';
import { askedToStop } from './stop-signals.mjs';
import { supervise } from './supervise.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const startedMs = performance.now();
const say = (line) => console.log(line);
const asked = askedToStop();
/** Until there are parts to stop, there is nothing to do before the end. */
let isSupervising = false;
void asked.then(() => !isSupervising && process.exit(0));

async function main() {
  const settings = readSettings(process.argv.slice(2), process.env, root);
  const { dataDir, regions } = settings;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  holdLock(join(dataDir, 'start.lock'));
  for (const { logDir } of regions) beginLogs(logDir);
  await ensureNodeModules(root, say);
  const redises = await privateRedises(settings);
  for (const region of regions) await checkPorts(region);
  say('Building …');
  await build(root);

  const links = await Links.between(
    regions.map((region) => ({ name: region.name, ...counterApiOf(region) })),
  );
  const closeControl = await openControl(dataDir, (words) => obey(links, words));
  const signingKeys = signingKeysIn(dataDir);
  const apps = regions.flatMap((region, at) =>
    appParts(region, {
      root,
      redisUrl: redises[at]?.url ?? region.redisUrl,
      signingKeys,
      peers: regions.length > 1 ? links.peersOf(region.name) : undefined,
    }),
  );
  sayWhatStarts(regions, redises, apps);
  const layers = [redises.map(({ part }) => part), apps];
  const note = noteIn(join(dataDir, 'logs'));
  isSupervising = true;
  try {
    await supervise(layers, {
      asked,
      say: (line) => {
        say(line);
        note(line);
      },
      onReady: () => say(greeting(settings, startedMs)),
    });
  } finally {
    links.close();
    closeControl();
  }
}

/** A Redis for each region, or none where REDIS_URL names one. */
async function privateRedises({ regions, install }) {
  const own = regions.filter(({ redisUrl }) => redisUrl === undefined);
  if (own.length === 0) return [];
  const program = await ensureProgram(REDIS, {
    print: say,
    consent: consentOf(install),
    toAllow: 'npm start -- --install',
    otherwise: ['set REDIS_URL to a Redis that runs'],
  });
  const redises = own.map((region) => redisPart(program, region));
  for (const { address } of redises) await endLeftover(address, say);
  return redises;
}

/** What is cut and healed from elsewhere is said here too, or the apps' complaints would be a riddle. */
function obey(links, [verb, ...names]) {
  const lines = links.order(verb, names);
  if (verb !== 'status') lines.forEach(say);
  return lines;
}

function sayWhatStarts(regions, redises, apps) {
  if (regions.length > 1) {
    say(`Starting ${regions.map(({ name }) => name).join(', ')} …`);
    return;
  }
  const names = apps.map(({ name }) => name).join(', ');
  say(`Starting ${redises.length > 0 ? 'a private Redis, ' : ''}${names} …`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
