/**
 * What counter-api is compared with over HTTP: a bare Fastify handler of one Redis command, with no durability, replication
 * or push of its own. Arguments: the URL of Redis and what to do with it: `plain`, `autopipelined` (ioredis sends all
 * commands of one turn of the event loop together), or `memory` (nothing: a count in a Map, the most that Fastify can do).
 */
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { serveHelper } from '../helper.mjs';

const [redisUrl, kind] = process.argv.slice(2);

function countsInRedis() {
  const redis = new Redis(redisUrl, { enableAutoPipelining: kind === 'autopipelined' });
  // Several of these servers may use one Redis.
  const keyOf = (page) => `${kind}:${page}`;
  return {
    read: async (page) => Number(await redis.get(keyOf(page))),
    increment: (page) => redis.incr(keyOf(page)),
    decrement: (page) => redis.decr(keyOf(page)),
  };
}

function countsInMemory() {
  const counts = new Map();
  const read = (page) => counts.get(page) ?? 0;
  const add = (page, amount) => counts.set(page, read(page) + amount).get(page);
  return { read, increment: (page) => add(page, 1), decrement: (page) => add(page, -1) };
}

const counts = kind === 'memory' ? countsInMemory() : countsInRedis();
const app = fastify();

app.get('/:page/counter', async ({ params }) => ({ count: await counts.read(params.page) }));
app.put('/:page/counter', async ({ params, body }) => ({
  count: await (body.action === 'increment'
    ? counts.increment(params.page)
    : counts.decrement(params.page)),
}));

await app.listen({ host: '127.0.0.1', port: 0 });
serveHelper({ port: app.server.address().port });
