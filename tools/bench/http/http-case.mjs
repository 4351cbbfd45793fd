import { Fault } from '../../setup/fault.mjs';
import { cpuSeconds } from '../process-cpu.mjs';
import { inTurn } from '../rounds.mjs';
import { digits, rowsOf } from '../rows.mjs';

const CONNECTIONS = 64;
const REQUESTS = {
  get: { method: 'GET' },
  increment: { method: 'PUT', body: JSON.stringify({ action: 'increment' }) },
};

/**
 * Puts load on all contenders in turn and resolves with the rows of the first against each other. `action` says what is
 * asked of which `pages`; `load` is http-load.mjs, `redis` what the contenders use. Rejects with a Fault if one of them
 * has lost an increment that it acknowledged, or made one up: it may be fast only because it counts wrong.
 */
export async function runCase(options) {
  const { name, action, contenders, rounds, seconds, warmUpSeconds, say } = options;
  const acknowledged = new Map(contenders.map((contender) => [contender, 0]));
  const put = async (contender, what, forSeconds) => {
    const figures = await measure(options, contender, REQUESTS[what], forSeconds);
    const increments = what === 'increment' ? figures.requests : 0;
    acknowledged.set(contender, acknowledged.get(contender) + increments);
    return figures;
  };
  for (const contender of contenders) {
    say(`${name}: ${contender.title} warms up`);
    // What is read should have been written.
    if (action !== 'increment') await put(contender, 'increment', warmUpSeconds / 2);
    await put(contender, action, warmUpSeconds);
  }
  const [ours, ...theirs] = await inTurn(contenders, rounds, async (contender, round) => {
    const figures = await put(contender, action, seconds);
    say(`${name}: round ${round} of ${rounds}, ${contender.title}: ${inWords(figures)}`);
    return figures;
  });
  for (const [contender, increments] of acknowledged) {
    await demandSum(contender, options.pages, increments);
  }
  return theirs.flatMap((figures, at) => rowsOf(name, ours, contenders[at + 1], figures));
}

/**
 * One contender under load: requests answered and figures by the names of rows.mjs. `busy` is the share of its core that it
 * used: well below 1, something else was the limit.
 */
export async function measure(
  { redis, load, pages },
  { port, pid, usesRedis },
  request,
  forSeconds,
) {
  const question = { port, pages, connections: CONNECTIONS, seconds: forSeconds, ...request };
  const before = { server: cpuSeconds(pid), redis: cpuSeconds(redis.pid) };
  const { requests, seconds } = await load.ask(question);
  const figures = { requests, throughput: requests / seconds };
  if (before.server === undefined) return figures;
  const used = cpuSeconds(pid) - before.server;
  const usedByRedis = cpuSeconds(redis.pid) - before.redis;
  return {
    ...figures,
    busy: used / seconds,
    'server-cpu': (used / requests) * 1e6,
    ...(usesRedis ? { 'redis-cpu': (usedByRedis / requests) * 1e6 } : {}),
  };
}

/** Figures for people. */
export function inWords({ throughput, busy, 'server-cpu': server, 'redis-cpu': redis }) {
  const parts = [`${digits(throughput)} req/s`];
  if (server !== undefined) {
    parts.push(`server ${digits(server)} µs (core ${Math.round(busy * 100)} % busy)`);
  }
  if (redis !== undefined) parts.push(`Redis ${digits(redis)} µs`);
  return parts.join(', ');
}

async function demandSum({ title, port }, pages, increments) {
  let sum = 0;
  for (const page of pages) {
    const url = `http://127.0.0.1:${port}/${page}/counter`;
    const { count } = await (await fetch(url, { headers: { accept: 'application/json' } })).json();
    sum += count;
  }
  if (sum !== increments) {
    throw new Fault(`${title} acknowledged ${increments} increments and shows ${sum}.`);
  }
}
