import { join } from 'node:path';
import { Fault } from '../setup/fault.mjs';
import { dataDirOf } from './data-dir.mjs';
import { portsOf } from './ports.mjs';

const OPTIONS = 'there are --all-in-one, --verbose, --install and --regions 2 (up to 4).';
const REGIONS_MAX = 4;
/** What cannot be the same in two regions, and is given to each by `--regions`. */
const OWN_TO_A_REGION = [
  'REDIS_URL',
  'REGION',
  'PEERS',
  'COUNTER_API_URLS',
  'DATAGRAM_PORT',
  'DATAGRAM_PORT_ADVERTISED',
  'GATEWAY_URL',
  'GATEWAY_URLS',
  'GATEWAY_LIVE_URL',
];

/**
 * What `npm start` itself needs to know, from the command line and the environment; all else is for the apps to read.
 * `regions` has one entry for each region, with a name only where there are several: then each has folders and ports of its
 * own. Throws a Fault that names what is wrong.
 */
export function readSettings(args, env, root) {
  const { allInOne, verbose, install, count } = optionsFrom(args);
  const dataDir = dataDirOf(env, root);
  const logDir = join(dataDir, 'logs');
  const host = env.HOST || '127.0.0.1';
  const internalHost = env.INTERNAL_HOST || '127.0.0.1';
  const ports = portsOf(env, count);
  const shared = { allInOne, verbose, host, internalHost };
  if (count === 1) {
    const redisUrl = env.REDIS_URL || undefined;
    const region = { ...shared, prefix: '', dataDir, logDir, redisUrl, ports: ports[0], env };
    return { dataDir, verbose, install, regions: [region] };
  }
  const fixed = OWN_TO_A_REGION.find((name) => env[name]);
  if (fixed !== undefined)
    throw new Fault(`${fixed} differs from region to region; with --regions it cannot be set.`);
  const regions = ports.map((own, at) => {
    const name = `local-${at + 1}`;
    return {
      ...shared,
      name,
      prefix: `${name} `,
      dataDir: join(dataDir, name),
      logDir: join(logDir, name),
      ports: own,
      env: { ...env, REGION: name, ...portSettings(own) },
    };
  });
  return { dataDir, verbose, install, regions };
}

function optionsFrom(args) {
  const options = { allInOne: false, verbose: false, install: false, count: 1 };
  const words = args.flatMap((arg) => arg.split('='));
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--all-in-one') options.allInOne = true;
    else if (word === '--verbose') options.verbose = true;
    else if (word === '--install') options.install = true;
    else if (word === '--regions') options.count = countFrom(words.shift());
    else throw new Fault(`${word} is no option; ${OPTIONS}`);
  }
  return options;
}

function countFrom(text = '') {
  const count = Number(text);
  if (text !== '' && Number.isInteger(count) && count >= 1 && count <= REGIONS_MAX) return count;
  throw new Fault(`--regions must be a number from 1 to ${REGIONS_MAX}, but is "${text}".`);
}

function portSettings(ports) {
  return Object.fromEntries(ports.map(({ setting, port }) => [setting, String(port)]));
}
