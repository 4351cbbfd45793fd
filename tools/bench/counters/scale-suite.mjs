/**
 * Suite `scale`: what a write and a read cost where there are a million pages, against a thousand, ours against ours. CPU of Redis
 * for one, and of the process that asks, which does what counter-api does with its stores and nothing else.
 */
import { pinToLoadCore } from '../cores.mjs';
import { cpuSeconds } from '../process-cpu.mjs';
import { inTurn } from '../rounds.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { seededRandom, startRedis } from '../testing.mjs';
import { DURABLE, openStores } from '../unread/stores.mjs';
import { NAME, additionAt, bucketAt, fillCounters, pageAt } from './fill.mjs';

const FULL = { pages: 1_000_000, few: 1000, rounds: 5, times: 4000 };
const QUICK = { pages: 4000, few: 1000, rounds: 2, times: 200 };
const BASELINE = { key: '1k-pages', title: 'the same with 1,000 pages' };

export const scaleSuite = {
  name: 'scale',
  cases: ['write', 'read'],
  async run(cases, { quick, say }) {
    const { pages, few, rounds, times } = quick ? QUICK : FULL;
    const sides = [await openSide(pages, say), await openSide(few, say)];
    const rows = [];
    for (const each of cases) {
      const name = `scale.${each}`;
      for (const side of sides) await measured(side, each, times / 4);
      const [ours, theirs] = await inTurn(sides, rounds, async (side, round) => {
        const figures = await measured(side, each, times);
        const told = `${digits(figures['redis-cpu'])} µs of Redis, ${digits(figures['server-cpu'])} of the asker`;
        say(`${name}: round ${round} of ${rounds}, ${side.pages} pages: ${told}`);
        return figures;
      });
      rows.push(...rowsOf(name, ours, BASELINE, theirs));
    }
    for (const { close } of sides) await close();
    return rows;
  },
};

async function openSide(pages, say) {
  const redis = await startRedis({ args: [...DURABLE, '--auto-aof-rewrite-percentage', '0'] });
  pinToLoadCore(redis.pid);
  const stores = await openStores(redis);
  say(`scale: writes ${pages} pages`);
  await fillCounters(stores, pages);
  const close = async () => {
    stores.close();
    await redis.stop();
  };
  return { pages, redis, stores, random: seededRandom(pages), number: 1_000_000, close };
}

/** As many as Node's event loop would find waiting under load, at the same time. */
const AT_ONCE = 16;

async function measured(side, what, times) {
  const before = { redis: cpuSeconds(side.redis.pid), server: cpuSeconds(process.pid) };
  for (let at = 0; at < times; at += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, () => once(side, what)));
  const each = (pid, since) => ((cpuSeconds(pid) - since) / times) * 1e6;
  return {
    'redis-cpu': each(side.redis.pid, before.redis),
    'server-cpu': each(process.pid, before.server),
  };
}

function once(side, what) {
  const { counters } = side.stores;
  const at = Math.floor(side.random() * side.pages);
  const bucket = bucketAt(at);
  if (what === 'read') return counters.read(bucket, [{ pageId: pageAt(at), name: NAME }]);
  side.number += 1;
  const batch = { bucket, instance: 'bench', number: side.number, additions: [additionAt(at)] };
  return counters.add({ ...batch, sentUnder: null });
}
