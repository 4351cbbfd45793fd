/**
 * The servers of a comparison, started: each `{ key, title, dialect, port, pid, publish, memory, stop }`. `publish(pages,
 * change)` tells it of a change of these pages and resolves when more may be told, `memory` resolves with what
 * memory-in-use.mjs gives; `dialect` is how its subscribers ask.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { pinToServerCore } from '../cores.mjs';
import { startApp, startHelper } from '../helper.mjs';
import { freePort } from '../testing.mjs';
import { countAfter } from './changes.mjs';
import { SIGNING_KEYS, startCounterFeed } from './counter-feed.mjs';

/** What ours is compared with, by the keys of rows. */
export const BASELINES = {
  limit: {
    title: 'the limit: a frame made once, written to raw sockets',
    program: 'limit-server.mjs',
    dialect: 'raw',
  },
  stock: {
    title: 'stock Nest + graphql-ws, topics in memory',
    program: 'stock-server.mjs',
    dialect: 'graphql',
  },
  mercurius: {
    title: 'Mercurius subscriptions',
    program: 'mercurius-server.mjs',
    dialect: 'graphql',
  },
  yoga: {
    title: 'GraphQL Yoga + graphql-ws',
    program: 'yoga-server.mjs',
    dialect: 'graphql',
  },
  socketio: {
    title: 'Socket.IO rooms',
    program: 'socketio-server.mjs',
    dialect: 'socketio',
  },
};

/** Ours first, then the baselines with these keys. */
export async function startSides(keys) {
  const sides = [await startGateway()];
  for (const key of keys) sides.push(await startBaseline(key));
  return sides;
}

/** One gateway that is not paced: it may write as often as it can. With `memory` only if it `tellsMemory`. */
export async function startGateway({ tellsMemory = false } = {}) {
  const feed = await startCounterFeed();
  const port = await freePort();
  const settings = {
    GATEWAY_PORT: String(port),
    GATEWAY_INTERNAL_PORT: '0',
    COUNTER_API_URLS: feed.url,
    SIGNING_KEYS,
    FANOUT_TICK_MS: '1',
    WRITES_PER_SECOND: '10000000',
    // All subscribers come from the one address of this machine.
    SOCKETS_PER_ADDRESS_MAX: '100000',
  };
  const gateway = await (tellsMemory
    ? startHelper(new URL('gateway-server.mjs', import.meta.url), {
        env: { LOG_LEVEL: 'warn', ...settings },
        pin: pinToServerCore,
      })
    : startApp('realtime-gateway', settings));
  return {
    ...{ key: 'headcount', title: 'realtime-gateway', dialect: 'graphql' },
    ...{ port, pid: gateway.pid },
    publish: (pages, change) => feed.publish(pages, change),
    memory: () => gateway.ask({ do: 'memory' }),
    stop: async () => {
      await gateway.stop();
      await feed.stop();
    },
  };
}

export async function startBaseline(key) {
  const { title, program, dialect } = BASELINES[key];
  const { pid, ready, ask, stop } = await startHelper(new URL(program, import.meta.url), {
    pin: pinToServerCore,
  });
  const feed = connect({ host: '127.0.0.1', port: ready.feedPort, noDelay: true });
  await once(feed, 'connect');
  return {
    ...{ key, title, dialect, port: ready.port, pid },
    publish: async (pages, change) => {
      feed.write(`${JSON.stringify({ pages, count: countAfter(change) })}\n`);
    },
    memory: () => ask({ do: 'memory' }),
    stop: async () => {
      feed.destroy();
      await stop();
    },
  };
}
