import { pinToServerCore } from '../cores.mjs';
import { startApp, startHelper } from '../helper.mjs';
import { freePort } from '../testing.mjs';

/**
 * The servers of one comparison, started: counter-api and then its baselines, each `{ key, title, usesRedis, port, pid, stop }`,
 * where `key` names it in rows and `title` is for people. `baselines` are `{ key, title, kind }`, kinds as in fastify-redis.mjs.
 */
export async function startContenders(redis, baselines) {
  const started = [await startCounterApi(redis)];
  for (const baseline of baselines) started.push(await startBaseline(redis, baseline));
  return started;
}

async function startCounterApi(redis) {
  const port = await freePort();
  const { pid, stop } = await startApp('counter-api', {
    COUNTER_API_PORT: String(port),
    COUNTER_API_INTERNAL_PORT: '0',
    REDIS_URL: redis.url,
    SIGNING_KEYS: 'bench:no-gateway-comes-here',
  });
  return { key: 'headcount', title: 'counter-api', usesRedis: true, port, pid, stop };
}

async function startBaseline(redis, { key, title, kind }) {
  const { pid, ready, stop } = await startHelper(new URL('fastify-redis.mjs', import.meta.url), {
    args: [redis.url, kind],
    pin: pinToServerCore,
  });
  return { key, title, usesRedis: kind !== 'memory', port: ready.port, pid, stop };
}
