import { join, resolve } from 'node:path';
import { Fault } from '../setup/fault.mjs';

const OPTIONS = ['--all-in-one', '--verbose'];
const PORTS = { COUNTER_API_PORT: 4000, GATEWAY_PORT: 4001, NOTIFICATION_PORT: 4002 };

/**
 * What `npm start` itself needs to know, from the command line and the environment; all else is for the apps to read.
 * HEADCOUNT_DIR is where it keeps its data, default `.headcount/` in the checkout. Throws a Fault that names what is wrong.
 */
export function readSettings(args, env, root) {
  const unknown = args.find((arg) => !OPTIONS.includes(arg));
  if (unknown !== undefined)
    throw new Fault(`${unknown} is no option; there are ${OPTIONS.join(' and ')}.`);
  const dataDir = resolve(env.HEADCOUNT_DIR || join(root, '.headcount'));
  return {
    allInOne: args.includes('--all-in-one'),
    verbose: args.includes('--verbose'),
    dataDir,
    logDir: join(dataDir, 'logs'),
    redisUrl: env.REDIS_URL || undefined,
    host: env.HOST || '127.0.0.1',
    ports: portsFrom(env),
    env,
  };
}

function portsFrom(env) {
  const ports = Object.entries(PORTS).map(([name, preset]) => [
    name,
    portFrom(name, env[name], preset),
  ]);
  const [twice] = ports.filter(
    ([, port], at) => ports.findIndex(([, other]) => other === port) < at,
  );
  if (twice !== undefined)
    throw new Fault(`${twice[0]} is ${twice[1]}, but that is another app's port already.`);
  return Object.fromEntries(ports);
}

function portFrom(name, text, preset) {
  if (text === undefined || text === '') return preset;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Fault(`${name} must be a port from 1 to 65535, but is "${text}".`);
}
