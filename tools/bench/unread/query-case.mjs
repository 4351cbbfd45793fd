/**
 * Cases `query.*`: what a user has not read of so many pages, of which each was modified by another writer's bucket. Ours over
 * HTTP, through notification; theirs is an HGETALL of counts that a fan-out would have kept, straight from this process.
 */
import { Redis } from 'ioredis';
import { inTurn } from '../rounds.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { startRedis } from '../testing.mjs';
import { DURABLE, followAll, modifyAll } from './stores.mjs';
import { timed } from './timed.mjs';

const QUERY = JSON.stringify({ query: '{ unread { total } }' });
const CHUNK = 1000;

export async function runQuery(sizes, { scene, rounds, times, say }) {
  const plain = await startRedis({ args: DURABLE });
  const client = new Redis(plain.url);
  const users = [];
  for (const [name, followed] of sizes) {
    const pages = Array.from({ length: followed }, (_, at) => `query-${name}-${at}`);
    const user = `reader-${name}`;
    await followAll(scene.stores, 1, () => ({ user, pages }));
    await modifyAll(scene.stores, pages, users.length + 1);
    for (let first = 0; first < followed; first += CHUNK) {
      const some = pages.slice(first, first + CHUNK).flatMap((page) => [page, 1]);
      await client.hset(`unread:${user}`, ...some);
    }
    users.push({ name, followed, user });
  }
  const ask = async ({ user, followed }) => {
    const response = await fetch(`${scene.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-headcount-user': user },
      body: QUERY,
    });
    const { data } = await response.json();
    if (data?.unread.total !== followed) throw new Error(`${user} was shown ${data?.unread.total}`);
  };
  const { redis, pid } = scene;
  const ours = (one) => {
    const fewer = Math.max(5, Math.round(times / Math.max(1, one.followed / 100)));
    return timed({ times: fewer, redisPid: redis.pid, pid, once: () => ask(one) });
  };
  const theirs = ({ user }) =>
    timed({ times, redisPid: plain.pid, once: () => client.hgetall(`unread:${user}`) });
  for (const one of users) {
    await ours(one);
    await theirs(one);
  }
  const measured = await inTurn(
    users.flatMap((one) => [() => ours(one), () => theirs(one)]),
    rounds,
    (measure) => measure(),
  );
  client.disconnect();
  await plain.stop();
  return users.flatMap(({ name }, at) => {
    const [mine, other] = [measured[2 * at], measured[2 * at + 1]];
    say(`unread.query.${name}: ${digits(mine[0].p50)} ms`);
    const baseline = { key: 'hgetall', title: 'HGETALL of counts kept by a fan-out, no HTTP' };
    return rowsOf(`unread.query.${name}`, mine, baseline, other);
  });
}
