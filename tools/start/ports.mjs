import { createServer } from 'node:net';
import { Fault } from '../setup/fault.mjs';

const PRESETS = { COUNTER_API_PORT: 4000, GATEWAY_PORT: 4001, NOTIFICATION_PORT: 4002 };
/** From a port of one region to that of the next. */
const STEP = 10;
/** From the port of an app to its internal one, where none is given, as the apps have it too. */
const INTERNAL_STEP = 100;

/**
 * The ports of each region, as lists of `{ setting, name, port, isInternal }`: the first has those of the settings, each later
 * one 10 more than the one before; `name` says so. Throws a Fault where a port is none or would be used twice.
 */
export function portsOf(env, regions) {
  const shifted = (setting, first, region, isInternal) => {
    const shift = region * STEP;
    const name = shift === 0 ? setting : `${setting} + ${shift}`;
    return { setting, name, port: within(name, first + shift), isInternal };
  };
  const each = (make) => Array.from({ length: regions }, (_, region) => make(region));
  const apps = Object.entries(PRESETS).map(([setting, preset]) => {
    const first = portFrom(setting, env[setting], preset);
    return { setting, first, internal: setting.replace('_PORT', '_INTERNAL_PORT') };
  });
  const outer = each((region) =>
    apps.map(({ setting, first }) => shifted(setting, first, region, false)),
  );
  const inner = each((region) =>
    apps.map(({ internal, first }) =>
      shifted(internal, portFrom(internal, env[internal], first + INTERNAL_STEP), region, true),
    ),
  );
  const ports = outer.map((own, region) => [...own, ...inner[region]]);
  const all = ports.flat();
  const twice = all.find(({ port }, at) => all.findIndex((other) => other.port === port) < at);
  if (twice !== undefined)
    throw new Fault(`${twice.name} is ${twice.port}, but that is another app's port already.`);
  return ports;
}

/** Throws a Fault for the first port that another program has, before anything is started that would run into it. */
export async function checkPorts({ host: outerHost, internalHost, ports }) {
  for (const { setting, name, port, isInternal } of ports) {
    const [host, hostSetting] = isInternal ? [internalHost, 'INTERNAL_HOST'] : [outerHost, 'HOST'];
    const code = await listenOnce(host, port);
    const which = name === setting ? `Port ${port}` : `Port ${port} (${name})`;
    if (code === 'EADDRINUSE') {
      throw new Fault(
        `${which} on ${host} is taken by another program; set ${setting} to a free one.`,
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new Fault(`${hostSetting} is ${host}, but this machine has no such address.`);
    }
    if (code === 'EACCES')
      throw new Fault(`${which} may not be used by this user; set ${setting} to another.`);
    if (code !== undefined)
      throw new Fault(
        `${which} on ${host} cannot be used (${code}); see ${setting} and ${hostSetting}.`,
      );
  }
}

function portFrom(name, text, preset) {
  if (text === undefined || text === '') return preset;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Fault(`${name} must be a port from 1 to 65535, but is "${text}".`);
}

function within(name, port) {
  if (port <= 65_535) return port;
  throw new Fault(`${name} is ${port}, but ports end at 65535.`);
}

/** The code of the error that listening meets, or undefined if it works. */
function listenOnce(host, port) {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
