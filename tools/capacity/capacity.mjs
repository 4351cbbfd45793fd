/**
 * `npm run capacity -- [--viewers 300e6] [--regions 5] …`: how many gateways, counter-apis and nodes of Redis a load takes, what
 * goes over the network, and what breaks first. Every number of DEFAULTS (sizing.mjs) is an option, `--session-seconds` for
 * `sessionSeconds`; `--costs FILE` takes unit costs of your own, as unit-costs.json has them. docs/capacity.md says how to
 * read it.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULTS, carriedBy, limitsOf, sizeRegion } from './sizing.mjs';

const USE = 'Use: npm run capacity -- [--viewers 300e6] [--regions 5] [--costs FILE] …';
const optionOf = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function fail(sentence) {
  console.error(`${sentence}\n${USE}`);
  process.exit(1);
}

function asked() {
  const options = Object.fromEntries(
    [...Object.keys(DEFAULTS).map(optionOf), 'costs'].map((name) => [name, { type: 'string' }]),
  );
  try {
    return parseArgs({ options }).values;
  } catch ({ message }) {
    return fail(message);
  }
}

function loadOf(given) {
  const numbers = Object.entries(DEFAULTS).map(([name, preset]) => {
    const text = given[optionOf(name)];
    const number = text === undefined ? preset : Number(text);
    if (!(number > 0 && Number.isFinite(number)) && !(name === 'cached' && number === 0))
      fail(`--${optionOf(name)} must be a number above 0, not ${text}.`);
    return [name, number];
  });
  const load = Object.fromEntries(numbers);
  if (!Number.isInteger(load.regions)) fail('--regions must be a whole number.');
  for (const share of ['use', 'cached']) if (load[share] > 1) fail(`--${share} must be at most 1.`);
  return load;
}

function costsIn(file) {
  const { machine, costs } = JSON.parse(readFileSync(file, 'utf8'));
  const values = Object.entries(costs).map(([name, { value }]) => [name, value]);
  return { machine, costs: Object.fromEntries(values) };
}

const round = (number) =>
  number >= 100 ? Math.round(number).toLocaleString('en-US') : number.toPrecision(2);

const given = asked();
const load = loadOf(given);
const { machine, costs } = costsIn(given.costs ?? new URL('unit-costs.json', import.meta.url));
const region = sizeRegion(load, costs);
const say = (what, number, unit = '') =>
  console.log(`  ${what.padEnd(58)} ${round(number).padStart(14)} ${unit}`);

console.log(
  `${round(load.viewers)} viewers in ${load.regions} regions; unit costs of ${machine}\n`,
);
console.log('Each region has to do, a second:');
say('joins, and as many leaves', region.work.joins);
say('changed pages told by gateways', region.work.entries);
say('values pushed to gateways', region.work.pushedValues);
say('pushes that they go in', region.work.pushes);
say('values delivered to viewers', region.work.deliveries);
say('reads of counters', region.work.reads);
say('writes of counters', region.work.writes);
say('rows merged from other regions', region.work.mergedRows);
console.log(`\nand needs, at ${round(load.use * 100)} % of each core and of memory:`);
say('gateways, a core each', region.gateways, `with ${round(region.gatewayGiB)} GiB in all`);
say('counter-apis, a core each', region.owners);
say('nodes of Redis', region.redisNodes, `with ${round(region.redisGiB)} GiB of data in all`);
say('to viewers', region.outGbit, 'Gbit/s');
say('from other regions', region.betweenGbit, 'Gbit/s');
console.log('\nWhat cannot be spread over more machines, and at how many viewers it is full:');
for (const { what, share, viewers } of limitsOf(load, costs)) {
  say(what, viewers, `viewers; ${round(share * 100)} % used`);
}
console.log('\nA machine of that kind carries:');
for (const [what, number, unit] of carriedBy(load, costs)) say(what, number, unit);
