/**
 * Cases `scale.*`: what a region says to the others when there are many of them, in the simulator: requests and bytes of
 * bodies a virtual second and region, faults and all, against two regions. Nothing here is timed, so it comes out the same
 * each time.
 */
import { createRequire } from 'node:module';
import { rowsOf } from '../rows.mjs';

const { runSeed, startServers, stopServers } = createRequire(import.meta.url)(
  '../../../dist/libs/simulation/src/index.js',
);

const LEAST = 2;
export const SCALE_REGIONS = [4, 8, 16];

/** Measures these numbers of regions, each with `seeds` seeds. */
export async function runScale(numbers, { seeds, say }) {
  if (numbers.length === 0) return [];
  const least = await figureOf(LEAST, { seeds, say });
  const rows = [];
  for (const regions of numbers) {
    const baseline = { key: String(LEAST), title: `the same with ${LEAST} regions` };
    const figure = await figureOf(regions, { seeds, say });
    rows.push(...rowsOf(`regions.scale.${regions}`, [figure], baseline, [least]));
  }
  return rows;
}

async function figureOf(regions, { seeds, say }) {
  const redises = await startServers(regions);
  const sum = { requests: 0, bytes: 0, seconds: 0 };
  try {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const verdict = await runSeed(seed, { redises, regions, trace: false });
      if (verdict.failure) throw new Error(`seed ${seed}: ${verdict.failure.wrong[0]}`);
      sum.requests += verdict.carried.requests;
      sum.bytes += verdict.carried.bytes;
      sum.seconds += verdict.virtualMs / 1000;
    }
  } finally {
    await stopServers(redises);
  }
  const each = (count) => count / sum.seconds / regions;
  say(`regions.scale.${regions}: ${each(sum.requests).toFixed(1)} requests a second and region`);
  return { 'gossip-requests': each(sum.requests), 'gossip-bodies': each(sum.bytes) };
}
