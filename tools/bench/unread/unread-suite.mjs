/** Suite `unread`: what a modification costs with few and many followers, what a query costs, and what a follow takes. */
import { pinToLoadCore } from '../cores.mjs';
import { startApp } from '../helper.mjs';
import { freePort, startRedis } from '../testing.mjs';
import { MEMORY_CASES, runMemory } from './memory-case.mjs';
import { runModify } from './modify-case.mjs';
import { runQuery } from './query-case.mjs';
import { DURABLE, openStores } from './stores.mjs';

const MODIFY = { 10: 10, '10k': 10_000, '1M': 1_000_000 };
const QUERY = { 10: 10, '1k': 1000, '10k': 10_000 };
const FULL = { scale: 1, rounds: 5, times: 400, fanOutsMax: 2_000_000, follows: 1_000_000 };
const QUICK = { scale: 100, rounds: 2, times: 20, fanOutsMax: 20_000, follows: 10_000 };

const modifyCase = (name) => `modify.${name}`;
const queryCase = (name) => `query.${name}`;
const memoryCase = (name) => `memory.${name}`;

export const unreadSuite = {
  name: 'unread',
  cases: [
    ...Object.keys(MODIFY).map(modifyCase),
    ...Object.keys(QUERY).map(queryCase),
    ...MEMORY_CASES.map(memoryCase),
  ],
  run,
};

async function run(cases, { quick, say }) {
  const { scale, ...size } = quick ? QUICK : FULL;
  const wanted = (numbers, caseOf) =>
    Object.entries(numbers)
      .filter(([name]) => cases.includes(caseOf(name)))
      .map(([name, number]) => [name, Math.max(10, Math.round(number / scale))])
      .sort(([, left], [, right]) => left - right);
  const [modifies, queries] = [wanted(MODIFY, modifyCase), wanted(QUERY, queryCase)];
  const memories = MEMORY_CASES.filter((each) => cases.includes(memoryCase(each)));
  const rows = [];
  if (modifies.length + queries.length > 0) {
    const scene = await openScene();
    if (modifies.length > 0) rows.push(...(await runModify(modifies, { scene, ...size, say })));
    if (queries.length > 0) rows.push(...(await runQuery(queries, { scene, ...size, say })));
    await scene.stop();
  }
  return [...rows, ...(await runMemory(memories, { ...size, say }))];
}

/** A notification, its Redis with the durability of the private one, and the stores on it. */
async function openScene() {
  const redis = await startRedis({ args: DURABLE });
  pinToLoadCore(redis.pid);
  const port = await freePort();
  const app = await startApp('notification', {
    SIGNING_KEYS: 'bench:no-other-app-comes-here',
    NOTIFICATION_PORT: String(port),
    NOTIFICATION_INTERNAL_PORT: '0',
    REDIS_URL: redis.url,
    OPERATION_IDS_MAX: '1000000',
  });
  const stores = await openStores(redis);
  const stop = async () => {
    stores.close();
    await app.stop();
    await redis.stop();
  };
  return { redis, stores, url: `http://127.0.0.1:${port}`, pid: app.pid, stop };
}
