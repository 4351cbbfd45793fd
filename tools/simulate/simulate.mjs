/**
 * `npm run simulate -- [--seed N] [--seeds M] [--regressions] [--regions R] [--until-failure] [--trace]`: M seeds from N on, or
 * those that have failed once, each a whole deployment of one to three regions, or of R up to 16, on a virtual clock and
 * network, with faults (libs/simulation). A seed that fails prints its number, the first wrong observation and the faults that
 * it needs. `--until-failure` goes on until there is one. `--trace` prints every event, for a single seed. Exit code 1 if
 * any has failed.
 */
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const WORKERS = 2;
const PROGRESS_MS = 2000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    regressions: { type: 'boolean', default: false },
    regions: { type: 'string' },
    'until-failure': { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const load = createRequire(import.meta.url);
const { REGIONS_MAX, REGRESSIONS } = load('../../dist/libs/simulation/src/index.js');
const pinned = values.regressions ? REGRESSIONS.map(([seed]) => seed) : null;
const count = values['until-failure'] ? Infinity : (pinned?.length ?? Number(values.seeds));
const seedAt = (place) => pinned?.[place] ?? Number(values.seed) + place;
if (
  values.regions !== undefined &&
  !(Number(values.regions) >= 1 && Number(values.regions) <= REGIONS_MAX)
) {
  console.error(`--regions must be a number from 1 to ${REGIONS_MAX}, but is "${values.regions}".`);
  process.exit(2);
}
const options = {
  regions: values.regions === undefined ? null : Number(values.regions),
  trace: values.trace && count === 1,
};

let next = 0;
let done = 0;
let events = 0;
let virtualMs = 0;
let requests = 0;
let bytes = 0;
const failing = [];
const startedMs = performance.now();
const seconds = () => (performance.now() - startedMs) / 1000;
const perSecond = () => (done / seconds()).toFixed(1);

function take(worker) {
  const isOver = next >= count || (values['until-failure'] && failing.length > 0);
  if (isOver) worker.send({ end: true });
  else worker.send({ seed: seedAt(next++) });
}

function run(path) {
  return new Promise((resolve) => {
    const worker = fork(path, [JSON.stringify(options)], { stdio: 'inherit' });
    worker.on('message', (told) => {
      if (told.seed !== undefined) {
        done += 1;
        events += told.events;
        virtualMs += told.virtualMs;
        requests += told.carried.requests;
        bytes += told.carried.bytes;
        if (told.trace) console.log(told.trace);
        if (told.failure !== null) {
          failing.push(told.seed);
          console.log(told.failure);
        }
      }
      take(worker);
    });
    worker.on('exit', (code) => resolve(code));
  });
}

const progress = setInterval(() => {
  console.log(`${done} seeds, ${failing.length} failed, ${perSecond()} a second …`);
}, PROGRESS_MS);
const worker = join(dirname(fileURLToPath(import.meta.url)), 'worker.mjs');
const codes = await Promise.all(
  Array.from({ length: Math.min(WORKERS, count) }, () => run(worker)),
);
clearInterval(progress);

const per = (count) => (count / (virtualMs / 1000)).toFixed(0);
const hours = (virtualMs / 3_600_000).toFixed(1);
console.log(
  `${done} seeds, ${failing.length} failed${failing.length > 0 ? ` (${failing.join(', ')})` : ''}; ` +
    `${hours} virtual hours, ${events} events in ${seconds().toFixed(1)} s, ${perSecond()} seeds a second; ` +
    `${per(requests)} requests and ${per(bytes / 1000)} kB a virtual second`,
);
const crashed = codes.filter((code) => code !== 0).length;
if (crashed > 0) console.log(`${crashed} workers have crashed`);
process.exitCode = failing.length > 0 || crashed > 0 ? 1 : 0;
