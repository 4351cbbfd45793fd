/**
 * Suite `graphql`: a query for a counter over HTTP, with a variable, under as many requests as the server takes. What it is
 * compared with keeps its counts in memory and nothing else.
 */
import { Fault } from '../../setup/fault.mjs';
import { pinToLoadCore, pinToServerCore } from '../cores.mjs';
import { startApp, startHelper } from '../helper.mjs';
import { inWords, measure } from '../http/http-case.mjs';
import { inTurn } from '../rounds.mjs';
import { rowsOf } from '../rows.mjs';
import { freePort, startRedis } from '../testing.mjs';

const PAGES = { 'hot-page': 1, '1000-pages': 1000 };
const FULL = { rounds: 5, seconds: 3, warmUpSeconds: 5 };
const QUICK = { rounds: 2, seconds: 0.3, warmUpSeconds: 0.3 };
const BASELINES = [
  { key: 'nest', title: 'Nest with Apollo on Fastify, as its documentation has it' },
  { key: 'apollo', title: 'Apollo on Fastify' },
  { key: 'yoga', title: 'GraphQL Yoga' },
  { key: 'mercurius-jit', title: 'Mercurius on Fastify, documents compiled' },
];
const QUERY = 'query Counter($pageId: ID!) { counter(pageId: $pageId) { pageId count updatedAt } }';
const REQUEST = {
  method: 'POST',
  path: '/graphql',
  body: JSON.stringify({ query: QUERY, variables: { pageId: '{page}' } }),
};

export const graphqlSuite = {
  name: 'graphql',
  cases: Object.keys(PAGES),
  async run(cases, { quick, say }) {
    const redis = await startRedis({});
    pinToLoadCore(redis.pid);
    const contenders = [await startOurs(redis)];
    for (const baseline of BASELINES) contenders.push(await startBaseline(baseline));
    const loadMaker = new URL('../http/http-load.mjs', import.meta.url);
    const load = await startHelper(loadMaker, { pin: pinToLoadCore });
    const rows = [];
    for (const each of cases) {
      const pages = Array.from({ length: PAGES[each] }, (_, at) => `graphql-${each}-${at}`);
      const size = quick ? QUICK : FULL;
      rows.push(
        ...(await runCase({
          name: `graphql.${each}`,
          redis,
          load,
          pages,
          contenders,
          say,
          ...size,
        })),
      );
    }
    await Promise.all([load, ...contenders].map(({ stop }) => stop()));
    await redis.stop();
    return rows;
  },
};

async function runCase(options) {
  const { name, contenders, pages, rounds, seconds, warmUpSeconds, say } = options;
  for (const contender of contenders) {
    say(`${name}: ${contender.title} warms up`);
    await demandAnswer(contender, pages[0]);
    await measure(options, contender, REQUEST, warmUpSeconds);
  }
  const [ours, ...theirs] = await inTurn(contenders, rounds, async (contender, round) => {
    const figures = await measure(options, contender, REQUEST, seconds);
    say(`${name}: round ${round} of ${rounds}, ${contender.title}: ${inWords(figures)}`);
    return figures;
  });
  return theirs.flatMap((figures, at) => rowsOf(name, ours, contenders[at + 1], figures));
}

/** It may be fast only because it answers something else. */
async function demandAnswer({ title, port }, page) {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: REQUEST.body.replace('{page}', page),
  });
  const answer = await response.json();
  const { pageId, count } = answer.data?.counter ?? {};
  if (pageId !== page || typeof count !== 'number')
    throw new Fault(`${title} answers ${JSON.stringify(answer)}`);
}

async function startOurs(redis) {
  const port = await freePort();
  const { pid, stop } = await startApp('counter-api', {
    COUNTER_API_PORT: String(port),
    COUNTER_API_INTERNAL_PORT: '0',
    REDIS_URL: redis.url,
    SIGNING_KEYS: 'bench:no-gateway-comes-here',
  });
  return { key: 'headcount', title: 'counter-api', usesRedis: true, port, pid, stop };
}

async function startBaseline({ key, title }) {
  const { pid, ready, stop } = await startHelper(new URL(`${key}-server.mjs`, import.meta.url), {
    pin: pinToServerCore,
  });
  return { key, title, usesRedis: false, port: ready.port, pid, stop };
}
