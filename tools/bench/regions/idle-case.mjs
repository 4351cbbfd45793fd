/**
 * Cases `idle.*`: what two regions cost that hold many counters while nothing happens, against two that hold a thousand.
 * All of them are looked at over the same seconds, so that other work on the machine disturbs them alike.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../process-cpu.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { bytesOfIncr, fillPair } from './fill.mjs';
import { startHeadcountPair } from './pairs.mjs';

/** Name -> counters in each region. */
const SIZES = { '1k': 1000, '100k': 100_000, '1m': 1_000_000 };
const [LEAST, ...LARGER] = Object.keys(SIZES);
export const IDLE_SIZES = LARGER;

/** Measures these sizes. `scale` is by how much fewer counters there are than the name says. */
export async function runIdle(sizes, { scale, rounds, seconds, settleMs, say }) {
  const held = [];
  for (const size of [LEAST, ...sizes]) {
    const count = Math.ceil(SIZES[size] / scale);
    const pair = await startHeadcountPair();
    const memory = await fillPair(pair, count);
    const { near, far } = memory;
    say(`regions.idle.${size}: ${digits(near)} B of Redis a counter, ${digits(far)} there`);
    held.push({ size, count, pair, memory, figures: [] });
  }
  await sleep(settleMs);
  for (let round = 1; round <= rounds; round += 1) {
    const before = held.map(({ pair }) => readingsOf(pair));
    await sleep(seconds * 1000);
    for (const [at, { size, pair, figures }] of held.entries()) {
      const figure = perSecond(before[at], readingsOf(pair), seconds);
      figures.push(figure);
      say(`regions.idle.${size}: round ${round} of ${rounds}: ${inWords(figure)}`);
    }
  }
  const [least, ...larger] = held;
  const rows = [];
  for (const { size, count, memory, figures } of larger) {
    const name = `regions.idle.${size}`;
    const baseline = { key: LEAST, title: `the same with ${SIZES[LEAST] / scale} counters` };
    rows.push(...rowsOf(name, figures, baseline, least.figures));
    const incr = { key: 'incr', title: 'a Redis key a counter, in one region' };
    const theirs = await bytesOfIncr(count);
    rows.push(
      ...rowsOf(name, [{ 'each-memory': memory.near, 'there-each-memory': memory.far }], incr, [
        { 'each-memory': theirs, 'there-each-memory': theirs },
      ]),
    );
  }
  await Promise.all(held.map(({ pair }) => pair.stop()));
  return rows;
}

/** Both regions together. */
function readingsOf({ near, far, wires }) {
  const readings = { 'idle-wire': wires.reduce((sum, wire) => sum + wire.bytes(), 0) };
  if (cpuSeconds(near.pid) === undefined) return readings;
  const milliseconds = (...pids) => pids.reduce((sum, pid) => sum + cpuSeconds(pid) * 1000, 0);
  readings['idle-server'] = milliseconds(near.pid, far.pid);
  readings['idle-redis'] = milliseconds(near.redis.pid, far.redis.pid);
  return readings;
}

function perSecond(before, after, seconds) {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, (value - before[name]) / seconds]),
  );
}

function inWords({ 'idle-server': server, 'idle-redis': redis, 'idle-wire': wire }) {
  const cpu =
    server === undefined ? '' : `, servers ${digits(server)} ms/s, Redis ${digits(redis)}`;
  return `${digits(wire)} B/s between them${cpu}`;
}
