/**
 * Suite `latency`: how long after a viewer has joined a page on one gateway another viewer, on the other gateway, receives
 * the count that includes it. Both are in this process, so one clock times them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pinToLoadCore } from '../cores.mjs';
import { inTurn, quantile } from '../rounds.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { startRedis } from '../testing.mjs';
import { openField } from './field.mjs';
import { joinOneByOne } from './join-to-seen.mjs';
import { startSides } from './sides.mjs';

/**
 * `pages` with a witness each are joined in turn by `joiners` viewers; `pauseMs` is the mean time between two joins. A page
 * that is joined seldom is quiet, and its changes go out at once; changes of a busy one are collected for up to a tick.
 * `crowd`: whether many others come and go on other pages meanwhile.
 */
const CASES = {
  quiet: { pages: 20, joiners: 1, pauseMs: 20, crowd: false },
  'busy-page': { pages: 1, joiners: 20, pauseMs: 20, crowd: false },
  'under-load': { pages: 20, joiners: 1, pauseMs: 20, crowd: true },
};

const FULL = { rounds: 5, joins: 200, viewers: 2000, crowdPages: 200, stayMs: 10_000 };
const QUICK = { rounds: 2, joins: 10, viewers: 60, crowdPages: 20, stayMs: 2000 };
/** The crowd moves this long before anything is timed, so that queues are as long as they get. */
const SETTLE_MS = 1000;

export const latencySuite = { name: 'latency', cases: Object.keys(CASES), run };

async function run(cases, { quick, say }) {
  const redis = await startRedis();
  pinToLoadCore(redis.pid);
  const sides = await startSides(redis);
  const size = quick ? QUICK : FULL;
  const rows = [];
  for (const each of cases) {
    rows.push(...(await runCase(`latency.${each}`, sides, { ...CASES[each], ...size, say })));
  }
  await Promise.all(sides.map(({ stop }) => stop()));
  await redis.stop();
  return rows;
}

async function runCase(name, sides, options) {
  const { rounds, say } = options;
  const fields = [];
  for (const side of sides) {
    say(`${name}: ${side.title} lets its viewers in`);
    fields.push(await openField(name, side, options));
  }
  // The first joins compile what the later ones run.
  for (const field of fields) await timeJoins(field, options);
  const [ours, theirs] = await inTurn(fields, rounds, async (field, round) => {
    const figures = await timeJoins(field, options);
    say(`${name}: round ${round} of ${rounds}, ${field.side.title}: ${inWords(figures)}`);
    return figures;
  });
  await Promise.all(fields.map(({ close }) => close()));
  return rowsOf(name, ours, sides[1], theirs);
}

/** Lets the viewers of a case join one after another; the crowd, if there is one, moves as long as that takes. */
async function timeJoins({ witnesses, joiners, crowd }, { joins, pauseMs, stayMs }) {
  if (crowd !== undefined) {
    await crowd.ask({ do: 'move', stayMs });
    await sleep(SETTLE_MS);
  }
  const pause = () => sleep(Math.random() * 2 * pauseMs);
  const latencies = [];
  for (let wave = 0; latencies.length < joins; wave += 1) {
    const witness = witnesses[wave % witnesses.length];
    latencies.push(...(await joinOneByOne(witness, joiners, pause)));
  }
  const crowded = await crowd?.ask({ do: 'rest' });
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), crowded };
}

function inWords({ p50, p99, crowded }) {
  const times = `p50 ${digits(p50)} ms, p99 ${digits(p99)} ms`;
  if (crowded === undefined) return times;
  const { moves, received } = crowded;
  return `${times}; the crowd moved ${moves} times and received ${received} messages`;
}
