/** One contender under writes at a pace: what reaches the other region, when, and what it costs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../process-cpu.mjs';
import { quantile } from '../rounds.mjs';

/** Probes a second; each asks the other region some thirty times, so there are none while costs are taken. */
const PROBES = 20;
/** What is under way at the end still belongs to the writes that caused it. */
const SETTLE_MS = 500;

/**
 * Writes for `seconds` without probes, then as long with them. Resolves with figures by the names of rows.mjs, and
 * `written`, how many writes there were, `reached`, how many a second, and `parts`, how many parts a write Headcount sent.
 */
export async function measureTraffic(pair, { load, pages, rate, seconds }) {
  const { near, far } = pair;
  const question = { do: 'write', near: near.port, far: far?.port, pages, rate, seconds };
  const before = await readingsOf(pair);
  const { requests, ...took } = await load.ask({ ...question, probes: 0 });
  await sleep(SETTLE_MS);
  const after = await readingsOf(pair);
  const figures = { reached: requests / took.seconds, written: requests };
  for (const [name, value] of Object.entries(after)) {
    figures[name] = (value - before[name]) / requests;
  }
  if (far === undefined) return figures;
  const probed = await load.ask({ ...question, probes: PROBES });
  return {
    ...figures,
    written: requests + probed.requests,
    p50: quantile(probed.lags, 0.5),
    p99: quantile(probed.lags, 0.99),
  };
}

/** What only ever grows, in the units of the rows. What a contender has not or the machine does not tell is left out. */
async function readingsOf({ near, far, wires, isHeadcount, isFarIdle }) {
  const readings = {};
  if (wires.length > 0) readings.wire = wires.reduce((sum, wire) => sum + wire.bytes(), 0);
  if (far !== undefined && isHeadcount) readings.parts = await partsTakenBy(far);
  if (cpuSeconds(near.pid) === undefined) return readings;
  const microseconds = (pid) => cpuSeconds(pid) * 1e6;
  readings['server-cpu'] = microseconds(near.pid);
  readings['redis-cpu'] = microseconds(near.redis.pid);
  if (far === undefined) return readings;
  if (!isFarIdle) readings['there-server-cpu'] = microseconds(far.pid);
  readings['there-redis-cpu'] = microseconds(far.redis.pid);
  return readings;
}

async function partsTakenBy({ internalPort }) {
  const text = await (await fetch(`http://127.0.0.1:${internalPort}/metrics`)).text();
  return Number(/^\w*region_parts_total\{[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}
