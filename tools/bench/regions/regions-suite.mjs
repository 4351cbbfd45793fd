/** Suite `regions`: what it costs that another region has it too, and how soon it has it. */
import { TRAFFIC_KINDS, runTraffic } from './traffic-case.mjs';

const RATES = [1000, 5000];
const FULL = { pages: 10_000, rounds: 2, seconds: 4 };
const QUICK = { pages: 200, rounds: 2, seconds: 0.5 };

const cases = [...RATES.flatMap((rate) => TRAFFIC_KINDS.map((kind) => `${kind}.${rate}`))];

export const regionsSuite = { name: 'regions', cases, run };

async function run(wanted, { quick, say }) {
  const rows = [];
  for (const rate of RATES) {
    const kinds = TRAFFIC_KINDS.filter((kind) => wanted.includes(`${kind}.${rate}`));
    if (kinds.length === 0) continue;
    rows.push(...(await runTraffic(kinds, { ...(quick ? QUICK : FULL), rate, say })));
  }
  return rows;
}
