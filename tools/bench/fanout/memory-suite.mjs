/** Suite `memory`: what a server keeps for each subscriber of one page, while nothing happens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inTurn } from '../rounds.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { startCrowd } from './crowd.mjs';
import { openFilesMax } from './open-files.mjs';
import { BASELINES, startBaseline, startGateway } from './sides.mjs';

const CASES = { 'idle-5000': 5000, 'idle-20000': 20_000 };
/**
 * So many of them are there before the rest is measured: the first pay for what all of them share, and coming leaves free
 * room in the heap behind, which then is there both times.
 */
const FIRST_SHARE = 1 / 4;
/** A server opens some files and connections besides. */
const OTHER_FILES = 200;

/** `settleMs`: V8 gives what a start or a crowd has left behind back to the system some two seconds after a collection. */
const FULL = { rounds: 3, scale: 1, settleMs: 5000 };
const QUICK = { rounds: 1, scale: 20, settleMs: 300 };

export const memorySuite = { name: 'memory', cases: Object.keys(CASES), run };

async function run(cases, { quick, say }) {
  const { scale, ...size } = quick ? QUICK : FULL;
  const rows = [];
  for (const each of cases) {
    const name = `memory.${each}`;
    const sockets = Math.min(CASES[each] / scale, openFilesMax() - OTHER_FILES);
    if (sockets < CASES[each])
      say(`${name}: ${sockets} sockets, for short or by the limit of open files`);
    rows.push(...(await runCase(name, { sockets, ...size, say })));
  }
  return rows;
}

async function runCase(name, { rounds, say, ...size }) {
  const keys = Object.keys(BASELINES);
  // Memory that was used once is seldom given back, so each server is measured once in its life, alone.
  const starts = [
    () => startGateway({ tellsMemory: true }),
    ...keys.map((key) => () => startBaseline(key)),
  ];
  const [ours, ...theirs] = await inTurn(starts, rounds, async (start, round) => {
    const side = await start();
    const figures = await measure(side, size);
    say(
      `${name}: round ${round} of ${rounds}, ${side.title}: RSS ${digits(figures.rss)} KiB a socket, heap ${digits(figures.heap)}`,
    );
    await side.stop();
    return figures;
  });
  return theirs.flatMap((figures, at) =>
    rowsOf(name, ours, { key: keys[at], title: BASELINES[keys[at]].title }, figures),
  );
}

async function measure(side, { sockets, settleMs }) {
  const one = { pages: 1, subscriptions: 1 };
  const firstSockets = Math.ceil(sockets * FIRST_SHARE);
  const restSockets = sockets - firstSockets;
  const first = await startCrowd(side, { sockets: firstSockets, ...one });
  const rest = await startCrowd(side, { sockets: restSockets, ...one });
  await first.open();
  const before = await settled(side, settleMs);
  await rest.open();
  const after = await settled(side, settleMs);
  await Promise.all([first.stop(), rest.stop()]);
  const each = (what) => (after[what] - before[what]) / restSockets;
  return { rss: each('rss'), heap: each('heap') };
}

/** The memory in use once the system has back what is free. */
async function settled(side, settleMs) {
  await side.memory();
  await sleep(settleMs);
  return side.memory();
}
