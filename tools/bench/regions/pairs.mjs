/**
 * Two regions on one machine, in different makes. Each is `{ key, title, near, far, wires, stop }`: what is written to `near`
 * comes to `far` through the wires. A region is `{ port, internalPort, pid, redis }`, the second of Headcount alone. `isHeadcount`, and `isFarIdle` where the far server
 * has no part in that, are set where they hold.
 */
import { Redis } from 'ioredis';
import { pinToLoadCore, pinToServerCore } from '../cores.mjs';
import { startApp, startHelper } from '../helper.mjs';
import { freePort, startRedis } from '../testing.mjs';
import { until } from './libraries.mjs';
import { openWire } from './wire.mjs';

const SIGNING_KEYS = 'bench:between-regions-on-one-machine';
const NEAR = 'ams';
const FAR = 'fra';

/** Headcount, both regions with each other as peers. `settings` are more of its settings. */
export async function startHeadcountPair(settings = {}) {
  const [nearPort, farPort] = [await freePort(), await freePort()];
  const [toNear, toFar] = [await openWire(nearPort), await openWire(farPort)];
  const near = await startRegion(NEAR, nearPort, { PEERS: peer(FAR, toFar), ...settings });
  const far = await startRegion(FAR, farPort, { PEERS: peer(NEAR, toNear), ...settings });
  const pair = pairOf('headcount', 'Headcount, 2 regions', { near, far, wires: [toNear, toFar] });
  return { ...pair, isHeadcount: true };
}

/** Headcount, one region that knows of no other. */
export async function startLoneRegion() {
  const near = await startRegion(NEAR, await freePort());
  const pair = pairOf('no-peers', 'Headcount, 1 region without peers', { near, wires: [] });
  return { ...pair, isHeadcount: true };
}

/** One HTTP request to the other region for each increment. */
export async function startShippingPair() {
  const far = await startBaseline('ship-each.mjs', await openRedis());
  const wire = await openWire(far.port);
  const near = await startBaseline('ship-each.mjs', await openRedis(), [
    `http://127.0.0.1:${wire.port}`,
  ]);
  const title = 'Fastify + INCR, an HTTP request an increment to the other one';
  return pairOf('http-each', title, { near, far, wires: [wire] });
}

/** The other region is a replica of this one's Redis: it can be read there, and written here only. */
export async function startReplicaPair() {
  const primary = await openRedis();
  const wire = await openWire(primary.port);
  const replica = await openRedis(['--replicaof', '127.0.0.1', String(wire.port)]);
  await untilReplicating(replica);
  const near = await startBaseline('../http/fastify-redis.mjs', primary, ['autopipelined']);
  const far = await startBaseline('../http/fastify-redis.mjs', replica, ['autopipelined']);
  const title = 'Fastify + INCR, the other one reads a Redis replica';
  return { ...pairOf('redis-replica', title, { near, far, wires: [wire] }), isFarIdle: true };
}

function pairOf(key, title, { near, far, wires }) {
  const regions = far === undefined ? [near] : [near, far];
  const stop = async () => {
    await Promise.all(regions.map((region) => region.stop()));
    wires.forEach((wire) => wire.stop());
    await Promise.all(regions.map(({ redis }) => redis.stop()));
  };
  return { key, title, near, far, wires, stop };
}

const peer = (name, { port }) => `${name}=http://127.0.0.1:${port}`;

/** Peers reach it at `internalPort`. */
async function startRegion(name, internalPort, settings = {}) {
  const [redis, port] = [await openRedis(), await freePort()];
  const { pid, stop } = await startApp('counter-api', {
    COUNTER_API_PORT: String(port),
    COUNTER_API_INTERNAL_PORT: String(internalPort),
    GATEWAY_URLS: 'http://127.0.0.1:*',
    REDIS_URL: redis.url,
    REGION: name,
    SIGNING_KEYS,
    // Whoever starts first, and whoever is cut off, finds the other one away, and says so.
    LOG_LEVEL: 'error',
    ...settings,
  });
  return { name, port, internalPort, pid, redis, stop };
}

async function startBaseline(program, redis, args = []) {
  const { pid, ready, stop } = await startHelper(new URL(program, import.meta.url), {
    args: [redis.url, ...args],
    pin: pinToServerCore,
  });
  return { port: ready.port, pid, redis, stop };
}

async function openRedis(args = []) {
  // No rewriting of the append-only file, which would fall into a round of one of the contenders.
  const redis = await startRedis({ args: ['--auto-aof-rewrite-percentage', '0', ...args] });
  pinToLoadCore(redis.pid);
  return redis;
}

async function untilReplicating(replica) {
  const connection = new Redis(replica.url);
  await until(
    async () => (await connection.info('replication')).includes('master_link_status:up'),
    {
      what: 'the replica to follow',
      timeoutMs: 10_000,
    },
  );
  connection.disconnect();
}

/** What a gateway of the near region has to be told. */
export const gatewaySettings = ({ near }) => ({
  SIGNING_KEYS,
  COUNTER_API_URLS: `http://127.0.0.1:${near.internalPort}`,
  GATEWAY_INTERNAL_PORT: '0',
});
