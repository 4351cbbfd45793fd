/**
 * Cases `modify.*`: one modification of a page with so many followers. Ours over HTTP, through notification; theirs is one
 * INCR for each follower, pipelined, straight from this process.
 */
import { Redis } from 'ioredis';
import { inTurn } from '../rounds.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { startRedis } from '../testing.mjs';
import { DURABLE, followAll } from './stores.mjs';
import { timed } from './timed.mjs';

/** INCRs of one pipeline. */
const PIPELINE = 10_000;

/** Resolves with the rows; `sizes` are names and numbers of followers, the smallest first. */
export async function runModify(sizes, { scene, rounds, times, fanOutsMax, say }) {
  const plain = await startRedis({ args: DURABLE });
  const client = new Redis(plain.url);
  const pages = [];
  for (const [name, followers] of sizes) {
    const page = `hot-${name}`;
    say(`unread.modify.${name}: ${digits(followers)} users follow a page`);
    const user = (at) => `${name}-${at}`;
    await followAll(scene.stores, followers, (at) => ({ user: user(at), pages: [page] }));
    pages.push({ name, followers, page, user });
  }
  let events = 0;
  const modify = async ({ page }) => {
    events += 1;
    const response = await fetch(`${scene.url}/pages/${page}/modifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ eventId: `bench-${events}` }),
    });
    const { counted } = await response.json();
    if (!counted) throw new Error('a modification was not counted');
  };
  const fanOut = async ({ followers, user }) => {
    for (let first = 0; first < followers; first += PIPELINE) {
      const pipeline = client.pipeline();
      const last = Math.min(followers, first + PIPELINE);
      for (let at = first; at < last; at += 1) pipeline.incr(`unread:${user(at)}`);
      await pipeline.exec();
    }
  };
  const { redis, pid } = scene;
  const ours = (page) => timed({ times, redisPid: redis.pid, pid, once: () => modify(page) });
  const theirs = (page) => {
    const fewer = Math.max(1, Math.min(times, Math.round(fanOutsMax / page.followers)));
    return timed({ times: fewer, redisPid: plain.pid, once: () => fanOut(page) });
  };
  for (const page of pages) {
    await ours(page);
    await theirs(page);
  }
  const measured = await inTurn(
    pages.flatMap((page) => [() => ours(page), () => theirs(page)]),
    rounds,
    (measure) => measure(),
  );
  client.disconnect();
  await plain.stop();
  return pages.flatMap(({ name }, at) => {
    const [mine, other, smallest] = [measured[2 * at], measured[2 * at + 1], measured[0]];
    say(`unread.modify.${name}: ${digits(mine[0].p50)} ms, fanned out ${digits(other[0].p50)} ms`);
    const caseName = `unread.modify.${name}`;
    const flat = { key: 'fewest', title: `ours with ${pages[0].followers} followers` };
    return [
      ...rowsOf(caseName, mine, { key: 'fan-out', title: 'one INCR a follower, pipelined' }, other),
      ...(at > 0 ? rowsOf(caseName, mine, flat, smallest) : []),
    ];
  });
}
