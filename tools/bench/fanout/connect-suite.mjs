/** Suite `connect`: what it costs a server to let a socket in, from the upgrade to the first value of its subscription. */
import { cpuSeconds } from '../process-cpu.mjs';
import { inTurn } from '../rounds.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { startCrowd } from './crowd.mjs';
import { startSides } from './sides.mjs';
import { nowMs } from './tally.mjs';

/** Name -> pages over which those who come are spread. */
const CASES = { 'hot-page': 1, '1000-pages': 1000 };
const BASELINES = ['stock', 'mercurius', 'yoga', 'socketio'];

const FULL = { rounds: 5, sockets: 2000 };
const QUICK = { rounds: 2, sockets: 100 };

export const connectSuite = { name: 'connect', cases: Object.keys(CASES), run };

async function run(cases, { quick, say }) {
  const { rounds, sockets } = quick ? QUICK : FULL;
  const rows = [];
  for (const each of cases) {
    const size = { sockets, pages: CASES[each], subscriptions: 1 };
    rows.push(...(await runCase(`connect.${each}`, { rounds, size, say })));
  }
  return rows;
}

async function runCase(name, { rounds, size, say }) {
  const sides = await startSides(BASELINES);
  const fields = [];
  for (const side of sides) {
    const crowd = await startCrowd(side, size);
    say(`${name}: ${side.title} lets its first subscribers in`);
    await crowd.open();
    await crowd.close();
    fields.push({ side, crowd });
  }
  const [ours, ...theirs] = await inTurn(fields, rounds, async (field, round) => {
    const figures = await measure(field, size.sockets);
    say(`${name}: round ${round} of ${rounds}, ${field.side.title}: ${inWords(figures)}`);
    return figures;
  });
  await Promise.all(fields.flatMap(({ side, crowd }) => [crowd.stop(), side.stop()]));
  return theirs.flatMap((figures, at) => rowsOf(name, ours, sides[at + 1], figures));
}

/** All come, a hundred at a time; that they go again is not measured. */
async function measure({ side, crowd }, sockets) {
  const before = { ms: nowMs(), cpu: cpuSeconds(side.pid) };
  await crowd.open();
  const connects = (sockets * 1000) / (nowMs() - before.ms);
  const cpu = cpuSeconds(side.pid);
  await crowd.close();
  if (cpu === undefined) return { connects };
  return { connects, 'connect-cpu': ((cpu - before.cpu) * 1000) / sockets };
}

function inWords({ connects, 'connect-cpu': cpu }) {
  return `${digits(connects)} sockets/s${cpu === undefined ? '' : `, ${digits(cpu)} ms each`}`;
}
