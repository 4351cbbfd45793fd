/** Suite `regions`: what it costs that another region has it too, how soon it has it, and what stays behind. */
import { GARBAGE_CASES, runGarbage } from './garbage-case.mjs';
import { IDLE_SIZES, runIdle } from './idle-case.mjs';
import { SCALE_REGIONS, runScale } from './scale-case.mjs';
import { TRAFFIC_KINDS, runTraffic } from './traffic-case.mjs';

const RATES = [1000, 5000];
/** `settleMs`: sweeps look once at each row that stands for what was filled in; their rounds take a minute. */
const FULL = {
  traffic: { pages: 10_000, rounds: 4, seconds: 5 },
  idle: { scale: 1, settleMs: 200_000, rounds: 5, seconds: 10 },
  garbage: { joins: 10_000 },
  scale: { seeds: 20 },
};
const QUICK = {
  traffic: { pages: 200, rounds: 2, seconds: 0.5 },
  idle: { scale: 1000, settleMs: 500, rounds: 2, seconds: 3 },
  garbage: { joins: 200 },
  scale: { seeds: 1 },
};

const trafficCase = (kind, rate) => `${kind}.${rate}`;
const idleCase = (size) => `idle.${size}`;
const garbageCase = (each) => `garbage.${each}`;
const scaleCase = (regions) => `scale.${regions}`;
const cases = [
  ...RATES.flatMap((rate) => TRAFFIC_KINDS.map((kind) => trafficCase(kind, rate))),
  ...IDLE_SIZES.map(idleCase),
  ...GARBAGE_CASES.map(garbageCase),
  ...SCALE_REGIONS.map(scaleCase),
];

export const regionsSuite = { name: 'regions', cases, run };

async function run(wanted, { quick, say }) {
  const { traffic, idle, garbage, scale } = quick ? QUICK : FULL;
  const isWanted = (name) => wanted.includes(name);
  const kindsOf = new Map();
  for (const rate of RATES) {
    const kinds = TRAFFIC_KINDS.filter((kind) => isWanted(trafficCase(kind, rate)));
    if (kinds.length > 0) kindsOf.set(rate, kinds);
  }
  const sizes = IDLE_SIZES.filter((size) => isWanted(idleCase(size)));
  const scenes = GARBAGE_CASES.filter((each) => isWanted(garbageCase(each)));
  const numbers = SCALE_REGIONS.filter((regions) => isWanted(scaleCase(regions)));
  return [
    ...(kindsOf.size > 0 ? await runTraffic(kindsOf, { ...traffic, say }) : []),
    ...(sizes.length > 0 ? await runIdle(sizes, { ...idle, say }) : []),
    ...(await runGarbage(scenes, { ...garbage, say })),
    ...(await runScale(numbers, { ...scale, say })),
  ];
}
