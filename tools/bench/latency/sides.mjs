import { startApp, startHelper } from '../helper.mjs';
import { pinToServerCore } from '../cores.mjs';
import { freePort } from '../testing.mjs';
import { openHeadcountViewer, openPubsubViewer } from './viewers.mjs';

/**
 * The two systems to compare, started on one Redis: each `{ key, title, urls, openViewer, stop }`, where `urls` are those of
 * its two servers for sockets.
 */
export async function startSides(redis) {
  return [await startHeadcount(redis), await startPubsub(redis)];
}

/** One region as in production: counter-api and two gateways. */
async function startHeadcount(redis) {
  const [apiPort, ...gatewayPorts] = [await freePort(), await freePort(), await freePort()];
  const internalPort = await freePort();
  const keys = { SIGNING_KEYS: 'bench:between-one-api-and-two-gateways' };
  const api = await startApp('counter-api', {
    ...keys,
    COUNTER_API_PORT: String(apiPort),
    COUNTER_API_INTERNAL_PORT: String(internalPort),
    GATEWAY_URLS: 'http://127.0.0.1:*',
    REDIS_URL: redis.url,
  });
  const gateways = await Promise.all(
    gatewayPorts.map((port) =>
      startApp('realtime-gateway', {
        ...keys,
        GATEWAY_PORT: String(port),
        GATEWAY_INTERNAL_PORT: '0',
        COUNTER_API_URLS: `http://127.0.0.1:${internalPort}`,
      }),
    ),
  );
  return {
    key: 'headcount',
    title: 'Headcount, 2 gateways + counter-api',
    urls: gatewayPorts.map((port) => `ws://127.0.0.1:${port}/graphql`),
    openViewer: openHeadcountViewer,
    stop: () => stopAll([...gateways, api]),
  };
}

async function startPubsub(redis) {
  const program = new URL('pubsub-server.mjs', import.meta.url);
  const start = () => startHelper(program, { args: [redis.url], pin: pinToServerCore });
  const servers = [await start(), await start()];
  return {
    key: 'pubsub',
    title: '2 bare ws servers, INCR/DECR + Redis pub/sub',
    urls: servers.map(({ ready }) => ready.url),
    openViewer: openPubsubViewer,
    stop: () => stopAll(servers),
  };
}

const stopAll = (helpers) => Promise.all(helpers.map(({ stop }) => stop()));
