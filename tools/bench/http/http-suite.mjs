/**
 * Suites `get` and `increment`: counters over HTTP, under as many requests as the server takes. Measured are answers a
 * second, and the CPU that the server and Redis use for one, which other work on the machine disturbs less.
 */
import { pinToLoadCore } from '../cores.mjs';
import { startHelper } from '../helper.mjs';
import { startRedis } from '../testing.mjs';
import { startContenders } from './contenders.mjs';
import { runCase } from './http-case.mjs';

const PAGES = { 'hot-page': 1, '1000-pages': 1000 };

const FULL = { rounds: 5, seconds: 3, warmUpSeconds: 3 };
const QUICK = { rounds: 2, seconds: 0.3, warmUpSeconds: 0.2 };

/** The most that Fastify can do. */
const MEMORY = { key: 'memory', kind: 'memory', title: 'bare Fastify, count in memory, no Redis' };

/** Reads against a Redis GET a request, and against no Redis at all. */
export const getSuite = httpSuite('get', [
  { key: 'redis-get', kind: 'plain', title: 'bare Fastify + GET' },
  {
    key: 'redis-get-autopipelined',
    kind: 'autopipelined',
    title: 'bare Fastify + GET, autopipelining',
  },
  MEMORY,
]);

/** Writes against a Redis INCR a request, and against no Redis at all, which keeps nothing. */
export const incrementSuite = httpSuite('increment', [
  { key: 'incr', kind: 'plain', title: 'bare Fastify + INCR' },
  {
    key: 'incr-autopipelined',
    kind: 'autopipelined',
    title: 'bare Fastify + INCR, autopipelining',
  },
  MEMORY,
]);

function httpSuite(name, baselines) {
  const run = async (cases, { quick, say }) => {
    // No rewriting of the append-only file, which would fall into a round of one of the two.
    const redis = await startRedis({ args: ['--auto-aof-rewrite-percentage', '0'] });
    pinToLoadCore(redis.pid);
    const contenders = await startContenders(redis, baselines);
    const loadMaker = new URL('http-load.mjs', import.meta.url);
    const load = await startHelper(loadMaker, { pin: pinToLoadCore });
    const rows = [];
    for (const each of cases) {
      const pages = Array.from({ length: PAGES[each] }, (_, at) => `${name}-${each}-${at}`);
      const names = { name: `${name}.${each}`, action: name, pages };
      const size = quick ? QUICK : FULL;
      rows.push(...(await runCase({ redis, contenders, load, say, ...names, ...size })));
    }
    await Promise.all([load, ...contenders].map(({ stop }) => stop()));
    await redis.stop();
    return rows;
  };
  return { name, cases: Object.keys(PAGES), run };
}
