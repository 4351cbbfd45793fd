import { isIPv6 } from 'node:net';
import { join } from 'node:path';

const APPS = [
  { name: 'counter-api', port: 'COUNTER_API_PORT' },
  { name: 'realtime-gateway', port: 'GATEWAY_PORT' },
  { name: 'notification', port: 'NOTIFICATION_PORT' },
];
const LOOPBACK = /^(?:127\.|localhost$|::1$)/;

/** The parts to supervise: the three apps, or the one that is all three. A part is ready when its health pages say so. */
export function appParts(settings, { root, redisUrl, signingKeys }) {
  const env = {
    ...wiring(settings),
    SIGNING_KEYS: signingKeys,
    ...settings.env,
    REDIS_URL: redisUrl,
  };
  const part = (name, apps) => ({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', join(root, 'dist/apps', name, 'src/main.js')],
    // Tells the app that it has a parent to watch: it stops when that is gone.
    env: { ...env, HEADCOUNT_PARENT: 'ipc' },
    ipc: true,
    log: settings.verbose ? undefined : join(settings.logDir, `${name}.log`),
    orphanSeconds: 0,
    readiness: () =>
      firstUnready(apps.map((app) => `${origin('http', settings, app)}/health/ready`)),
  });
  return settings.allInOne ? [part('all-in-one', APPS)] : APPS.map((app) => part(app.name, [app]));
}

/** What to open, and where. */
export function addressesOf(settings) {
  const urls = (path) => APPS.map((app) => [app.name, `${origin('http', settings, app)}${path}`]);
  return {
    page: `${origin('http', settings, APPS[0])}/welcome/counter`,
    graphql: urls('/graphql'),
    health: urls('/health/ready'),
  };
}

/** How the apps find each other when ports or host are not the usual ones. The user's own settings go first. */
function wiring(settings) {
  const [counterApi, gateway] = APPS;
  const pushes = origin('http', settings, gateway);
  return {
    NODE_ENV: 'production',
    COUNTER_API_URLS: origin('http', settings, counterApi),
    GATEWAY_URL: pushes,
    GATEWAY_LIVE_URL: `${origin('ws', settings, gateway)}/graphql`,
    ...(LOOPBACK.test(reachable(settings.host)) ? {} : { GATEWAY_URLS: pushes }),
  };
}

function origin(protocol, { host, ports }, { port }) {
  const name = reachable(host);
  return `${protocol}://${isIPv6(name) ? `[${name}]` : name}:${ports[port]}`;
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
