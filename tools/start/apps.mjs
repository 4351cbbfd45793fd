import { isIPv6 } from 'node:net';
import { join } from 'node:path';

const APPS = [
  { name: 'counter-api', port: 'COUNTER_API_PORT', internal: 'COUNTER_API_INTERNAL_PORT' },
  { name: 'realtime-gateway', port: 'GATEWAY_PORT', internal: 'GATEWAY_INTERNAL_PORT' },
  { name: 'notification', port: 'NOTIFICATION_PORT', internal: 'NOTIFICATION_INTERNAL_PORT' },
];

/** In milliseconds; the apps end by themselves before the second of them. */
const HEAD_START_MS = 400;
const STOP_MS_MAX = 1000;
/** A drain that is part of every stop, in milliseconds. */
const SHORT_DRAIN_MS = 400;

/**
 * The parts of a region to supervise: the three apps, or the one that is all three. A part is ready when its health pages
 * say so. `peers` is how it reaches the other regions, if there are any.
 */
export function appParts(region, { root, redisUrl, signingKeys, peers }) {
  const env = {
    ...wiring(region),
    SIGNING_KEYS: signingKeys,
    ...region.env,
    REDIS_URL: redisUrl,
    ...(peers === undefined ? {} : { PEERS: peers }),
  };
  const part = (name, apps) => ({
    name: `${region.prefix}${name}`,
    command: process.execPath,
    args: ['--enable-source-maps', join(root, 'dist/apps', name, 'src/main.js')],
    // Tells the app that it has a parent to watch: it stops when that is gone.
    env: { ...env, HEADCOUNT_PARENT: 'ipc' },
    ipc: true,
    log: region.verbose ? undefined : join(region.logDir, `${name}.log`),
    orphanSeconds: 0,
    ...stopTimes(name, region.env),
    readiness: () => firstUnready(apps.map((app) => `${internalOrigin(region, app)}/health/ready`)),
  });
  return region.allInOne ? [part('all-in-one', APPS)] : APPS.map((app) => part(app.name, [app]));
}

/**
 * The gateway goes first, for its goodbye is for a counter-api that is still there. One that was told to drain for longer than usual gets that
 * time on top.
 */
function stopTimes(name, env) {
  const drainMs = Math.max(0, (Number(env.DRAIN_MS || 0) || 0) - SHORT_DRAIN_MS);
  return {
    ...(name !== 'counter-api' && name !== 'notification' && { stopMsMax: STOP_MS_MAX + drainMs }),
    ...(name === 'realtime-gateway' && { headStartMs: HEAD_START_MS + drainMs }),
  };
}

/** What to open, and where. */
export function addressesOf(region) {
  const urls = (path) => APPS.map((app) => [app.name, `${origin('http', region, app)}${path}`]);
  return {
    page: `${origin('http', region, APPS[0])}/welcome/counter`,
    graphql: urls('/graphql'),
    health: APPS.map((app) => [app.name, `${internalOrigin(region, app)}/health/ready`]),
  };
}

/** Where other regions reach the counter-api of a region. */
export function counterApiOf(region) {
  return { host: reachable(region.internalHost), port: portOf(region, APPS[0].internal) };
}

/** How the apps find each other when ports or host are not the usual ones. The user's own settings go first. */
function wiring(region) {
  const [counterApi, gateway] = APPS;
  const pushes = internalOrigin(region, gateway);
  return {
    NODE_ENV: 'production',
    COUNTER_API_URLS: internalOrigin(region, counterApi),
    GATEWAY_URL: pushes,
    GATEWAY_URLS: pushes,
    GATEWAY_LIVE_URL: `${origin('ws', region, gateway)}/graphql`,
  };
}

function origin(protocol, region, app) {
  return `${protocol}://${inUrl(region.host)}:${portOf(region, app.port)}`;
}

/** Where apps and operators reach an app. */
function internalOrigin(region, app) {
  return `http://${inUrl(region.internalHost)}:${portOf(region, app.internal)}`;
}

function inUrl(host) {
  const name = reachable(host);
  return isIPv6(name) ? `[${name}]` : name;
}

function portOf({ ports }, wanted) {
  return ports.find(({ setting }) => setting === wanted).port;
}

/** An app that listens on every address is called on the loopback. */
function reachable(host) {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

async function firstUnready(urls) {
  for (const url of urls) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    if (!response.ok) return `${url} says ${(await response.text()).slice(0, 500)}`;
  }
  return undefined;
}
