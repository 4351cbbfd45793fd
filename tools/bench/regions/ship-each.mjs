/**
 * The simplest thing that a team would build for two regions: a bare Fastify handler that increments its own Redis, answers,
 * and sends each increment to the other region in an HTTP request of its own. What is lost on the way is lost for good.
 * Arguments: the URL of Redis and, where there is one, the address of the other region.
 */
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { serveHelper } from '../helper.mjs';

/** Kept connections to the other region. */
const CONNECTIONS = 64;

const [redisUrl, otherUrl] = process.argv.slice(2);
const redis = new Redis(redisUrl, { enableAutoPipelining: true });
const other = otherUrl && new Pool(otherUrl, { connections: CONNECTIONS });
const app = fastify();

async function ship(page) {
  const { statusCode, body } = await other.request({ method: 'POST', path: `/${page}/shipped` });
  await body.dump();
  if (statusCode !== 200) throw new Error(`The other region answered ${statusCode}`);
}

app.get('/:page/counter', async ({ params }) => ({ count: Number(await redis.get(params.page)) }));
app.put('/:page/counter', async ({ params }) => {
  const count = await redis.incr(params.page);
  // Not awaited: the writer does not wait for another continent, here as there.
  if (other) void ship(params.page);
  return { count };
});
app.post('/:page/shipped', async ({ params }) => {
  await redis.incr(params.page);
  return {};
});

await app.listen({ host: '127.0.0.1', port: 0 });
serveHelper({ port: app.server.address().port });
