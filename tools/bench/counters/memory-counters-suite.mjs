/**
 * Suite `memory-counters`: bytes of Redis a durable counter, against a string key each that says the same: raised and lowered by
 * how much, the total, the version and when it last changed. Both sides' Redis is empty before.
 */
import { Redis } from 'ioredis';
import { digits, rowsOf } from '../rows.mjs';
import { startRedis } from '../testing.mjs';
import { openStores, usedMemory } from '../unread/stores.mjs';
import { NAME, fillCounters, pageAt } from './fill.mjs';

const FULL = { '100k': 100_000, '1M': 1_000_000 };
const QUICK = { '100k': 2_000, '1M': 4_000 };
const STRINGS = { key: 'string-keys', title: 'a string key a counter, all of it in its value' };
const PIPELINE = 1000;

export const memoryCountersSuite = {
  name: 'memory-counters',
  cases: Object.keys(FULL),
  async run(cases, { quick, say }) {
    const rows = [];
    for (const each of cases) {
      const counters = (quick ? QUICK : FULL)[each];
      const [ours, theirs] = [
        await bytesOf(counters, fillOurs),
        await bytesOf(counters, fillStrings),
      ];
      const name = `memory-counters.${each}`;
      say(`${name}: ${digits(ours)} B a counter, string keys ${digits(theirs)} B`);
      rows.push(...rowsOf(name, [{ 'each-memory': ours }], STRINGS, [{ 'each-memory': theirs }]));
    }
    return rows;
  },
};

async function bytesOf(counters, fill) {
  const redis = await startRedis({ args: ['--appendonly', 'no'] });
  const client = new Redis(redis.url);
  const before = await usedMemory(client);
  await fill(redis, counters);
  const bytes = (await usedMemory(client)) - before;
  client.disconnect();
  await redis.stop();
  return bytes / counters;
}

async function fillOurs(redis, counters) {
  const stores = await openStores(redis);
  await fillCounters(stores, counters);
  stores.close();
}

async function fillStrings(redis, counters) {
  const client = new Redis(redis.url);
  const nowSeconds = Math.floor(Date.now() / 1000);
  for (let first = 0; first < counters; first += PIPELINE) {
    const pipeline = client.pipeline();
    for (let at = first; at < Math.min(first + PIPELINE, counters); at += 1) {
      const up = 1 + (at % 1000);
      pipeline.set(`counter:${pageAt(at)}:${NAME}`, `${up},0,${up},${at},${nowSeconds}`);
    }
    await pipeline.exec();
  }
  client.disconnect();
}
