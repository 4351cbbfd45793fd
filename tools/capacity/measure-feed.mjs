/**
 * `node tools/capacity/measure-feed.mjs`: what a changed page of a gateway's feed costs counter-api and Redis, for
 * unit-costs.json. A gateway with 100,000 pages tells of so many changed pages a bucket at a time as one send has when each
 * second a twentieth of them change. Build first (`npm run build`).
 */
import { createRequire } from 'node:module';
import { cpuSeconds } from '../bench/process-cpu.mjs';
import { startRedis } from '../bench/testing.mjs';
import { BUCKETS, DURABLE, openStores } from '../bench/unread/stores.mjs';

const load = createRequire(import.meta.url);
const stores = load('../../dist/libs/counter-store/src/index.js');
const { bucketOf } = load('../../dist/libs/protocol/src/index.js');

const PAGES = 100_000;
const ENTRIES_A_MESSAGE = [1, 5, 20];
const ROUNDS = 4;
const AT_ONCE = 16;
const GATEWAY = 'ab'.repeat(16);

const redis = await startRedis({ args: [...DURABLE, '--auto-aof-rewrite-percentage', '0'] });
const { redis: client, context, close } = await openStores(redis);
const presence = new stores.RedisPresenceStore(context);
const pages = new Map();
for (let at = 0; at < PAGES; at += 1) {
  const page = `pages/${String(at).padStart(8, '0')}`;
  const bucket = bucketOf(page, BUCKETS);
  pages.set(bucket, [...(pages.get(bucket) ?? []), page]);
}
const versions = new Map();
/** Tells of `count` pages of each bucket, or of all; as many buckets at a time as counter-api finds waiting under load. */
async function tell(count, round) {
  const buckets = [...pages];
  let entries = 0;
  for (let at = 0; at < buckets.length; at += AT_ONCE) {
    const told = buckets.slice(at, at + AT_ONCE).map(([bucket, all]) => {
      const first = (round * count) % Math.max(all.length - count, 1);
      const some = all.slice(first, first + count);
      entries += some.length;
      return presence.apply(GATEWAY, bucket, messageOf(bucket, some, round));
    });
    await Promise.all(told);
  }
  return entries;
}

function messageOf(bucket, some, round) {
  const from = versions.get(bucket) ?? null;
  const to = (from ?? 0) + 1;
  versions.set(bucket, to);
  const value = { viewers: 1 + (round % 9), connections: 1 + (round % 9) };
  return { from, to, entries: some.map((key) => ({ key, value })) };
}

await tell(PAGES, 0);
for (const count of ENTRIES_A_MESSAGE) {
  const before = { redis: cpuSeconds(redis.pid), own: cpuSeconds(process.pid) };
  let entries = 0;
  for (let round = 1; round <= ROUNDS; round += 1) entries += await tell(count, round);
  const each = (pid, since) => (((cpuSeconds(pid) - since) / entries) * 1e6).toFixed(1);
  const [ofRedis, ofOwn] = [each(redis.pid, before.redis), each(process.pid, before.own)];
  console.log(`${count} pages a message: Redis ${ofRedis} µs a page, its caller ${ofOwn} µs`);
}
const memory = await client.info('memory');
console.log(`Redis holds ${/used_memory:(\d+)/.exec(memory)?.[1] / PAGES} B a page, keys and all`);
close();
await redis.stop();
