/**
 * `node tools/capacity/measure-push.mjs`: what a push, and each value in it, costs counter-api and the gateway, for
 * unit-costs.json. The same values go in many small pushes and in few large ones; two equations give both. Counters are
 * written past counter-api; what is used while nobody watches is taken off. Nobody is shown the values as a page, and what the
 * gateway uses to send them to its one socket each is in its figure. Build first (`npm run build`).
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startApp } from '../bench/helper.mjs';
import { cpuSeconds } from '../bench/process-cpu.mjs';
import { freePort, startRedis } from '../bench/testing.mjs';
import { NAME, additionAt, bucketAt, pageAt } from '../bench/counters/fill.mjs';
import { DURABLE, openStores } from '../bench/unread/stores.mjs';

const PAGES = 2000;
const SOCKETS = 20;
const ROUNDS = 10;
/** Each page changes once in a round. */
const ROUND_MS = 1000;
/** How many times a second pages change, all that change then together. */
const PACES = [400, 10];

const redis = await startRedis({ args: DURABLE });
const [apiPort, gatewayPort] = [String(await freePort()), String(await freePort())];
const internal = {
  COUNTER_API_INTERNAL_PORT: String(await freePort()),
  GATEWAY_INTERNAL_PORT: String(await freePort()),
};
const apiInternalUrl = `http://127.0.0.1:${internal.COUNTER_API_INTERNAL_PORT}`;
const shared = { SIGNING_KEYS: 'bench:between-one-api-and-one-gateway', ...internal };
const api = await startApp('counter-api', {
  ...{ ...shared, REDIS_URL: redis.url, COUNTER_API_PORT: apiPort },
  GATEWAY_URLS: `http://127.0.0.1:${internal.GATEWAY_INTERNAL_PORT}`,
});
const gateway = await startApp('realtime-gateway', {
  ...{ ...shared, GATEWAY_PORT: gatewayPort, COUNTER_API_URLS: apiInternalUrl },
  ...{ OPERATIONS_PER_SOCKET_MAX: String(PAGES), MESSAGES_PER_SECOND_MAX: '100000' },
  FANOUT_TICK_MS: '1',
});
const stores = await openStores(redis);
let received = 0;

async function subscribe(first, count) {
  const socket = new WebSocket(`ws://127.0.0.1:${gatewayPort}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const send = (message) => socket.send(JSON.stringify(message));
  socket.on('message', (text) => (received += String(text).includes('"next"') ? 1 : 0));
  send({ type: 'connection_init' });
  await once(socket, 'message');
  const query =
    'subscription($pageId: ID!, $name: String!) { counterChanged(pageId: $pageId, name: $name) { count } }';
  for (let at = first; at < first + count; at += 1) {
    const payload = { query, variables: { pageId: pageAt(at), name: NAME } };
    send({ id: String(at), type: 'subscribe', payload });
  }
  return socket;
}

const numbers = new Map();
/** Changes some pages, as one of `instance`'s turns of the event loop would. */
function write(places) {
  return Promise.all(
    places.map((at) => {
      const bucket = bucketAt(at);
      const last = numbers.get(bucket) ?? Promise.resolve(0);
      // One batch in flight a bucket.
      const next = last.then(async (number) => {
        const additions = [additionAt(at)];
        const batch = { bucket, instance: 'bench', number: number + 1, additions, sentUnder: null };
        await stores.counters.add(batch);
        return number + 1;
      });
      numbers.set(bucket, next);
      return next;
    }),
  );
}

async function pushesTaken() {
  const metrics = await (await fetch(`${apiInternalUrl}/metrics`)).text();
  return Number(/^headcount_pushes_total\S* (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

/** Changes every page once in each round. Microseconds of CPU used meanwhile, values received and pushes taken. */
async function change(pace) {
  const used = () => [api, gateway].map(({ pid }) => cpuSeconds(pid) * 1e6);
  const [cpuBefore, pushesBefore, receivedBefore] = [used(), await pushesTaken(), received];
  const slices = (pace * ROUND_MS) / 1000;
  for (let slice = 0; slice < ROUNDS * slices; slice += 1) {
    const pause = sleep(ROUND_MS / slices);
    const places = Array.from(
      { length: PAGES / slices },
      (_, nth) => nth * slices + (slice % slices),
    );
    await write(places);
    await pause;
  }
  await sleep(ROUND_MS);
  const cpu = used().map((us, side) => us - cpuBefore[side]);
  return { cpu, pushes: (await pushesTaken()) - pushesBefore, values: received - receivedBefore };
}

/** a x pushes + b x values = us, twice. */
function solve([one, other]) {
  const determinant = one.pushes * other.values - other.pushes * one.values;
  return {
    push: (one.us * other.values - other.us * one.values) / determinant,
    value: (one.pushes * other.us - other.pushes * one.us) / determinant,
  };
}

await change(PACES[0]);
const unwatched = [];
for (const pace of PACES) unwatched.push(await change(pace));
const sockets = await Promise.all(
  Array.from({ length: SOCKETS }, (_, nth) => subscribe((nth * PAGES) / SOCKETS, PAGES / SOCKETS)),
);
while (received < PAGES) await sleep(50);
await change(PACES[0]);
const watched = [];
for (const pace of PACES) watched.push(await change(pace));
for (const [place, { pushes, values }] of watched.entries())
  console.log(`${PACES[place]} times a second: ${values} values in ${pushes} pushes`);
for (const [side, name] of ['counter-api', 'realtime-gateway'].entries()) {
  const used = watched.map(({ cpu, pushes, values }, place) => {
    return { us: cpu[side] - unwatched[place].cpu[side], pushes, values };
  });
  const { push, value } = solve(used);
  console.log(`${name}: ${push.toFixed(0)} µs a push and ${value.toFixed(1)} µs a value`);
}
for (const socket of sockets) socket.terminate();
stores.close();
await Promise.all([gateway.stop(), api.stop()]);
await redis.stop();
