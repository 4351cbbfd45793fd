/** Cases of a pace: `lag`, `bytes`, `write-cost` and `merge-cost`, all taken from the same rounds. */
import { Fault } from '../../setup/fault.mjs';
import { pinToLoadCore } from '../cores.mjs';
import { startHelper } from '../helper.mjs';
import { inTurn } from '../rounds.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { until } from './libraries.mjs';
import {
  startHeadcountPair,
  startLoneRegion,
  startReplicaPair,
  startShippingPair,
} from './pairs.mjs';
import { measureTraffic } from './traffic.mjs';
import { wholeStateBytes } from './whole-state.mjs';

/** Kind of case -> figure -> the measure of rows.mjs under which it is told. */
const KINDS = {
  lag: { p50: 'p50', p99: 'p99' },
  bytes: { wire: 'wire' },
  'write-cost': { 'server-cpu': 'server-cpu', 'redis-cpu': 'redis-cpu' },
  'merge-cost': { 'there-server-cpu': 'server-cpu', 'there-redis-cpu': 'redis-cpu' },
};
export const TRAFFIC_KINDS = Object.keys(KINDS);
/** Far behind, a region that keeps up slowly still gets there. */
const CATCH_UP_MS = 60_000;

/**
 * Measures all contenders at each of these paces and resolves with the rows of its kinds, named `<kind>.<rate>`. `kindsOf` is
 * a Map of rate -> kinds.
 */
export async function runTraffic(kindsOf, { pages: pageCount, rounds, seconds, say }) {
  const pages = Array.from({ length: pageCount }, (_, at) => `page-${at}`);
  const pairs = [
    await startHeadcountPair(),
    await startLoneRegion(),
    await startShippingPair(),
    await startReplicaPair(),
  ];
  const load = await startHelper(new URL('paced-load.mjs', import.meta.url), {
    pin: pinToLoadCore,
  });
  const written = new Map();
  for (const pair of pairs) {
    say(`regions: ${pair.title} gets its pages`);
    // The first write to a bucket is another matter: the other region takes whole state.
    written.set(pair, await load.ask({ do: 'touch', port: pair.near.port, pages }));
    await demandSums(pair, load, pages, written.get(pair));
  }
  const rows = [];
  for (const [rate, kinds] of kindsOf) {
    const measure = async (pair, forSeconds) => {
      const figures = await measureTraffic(pair, { load, pages, rate, seconds: forSeconds });
      written.set(pair, written.get(pair) + figures.written);
      return figures;
    };
    for (const pair of pairs) await measure(pair, seconds / 2);
    const figures = await inTurn(pairs, rounds, async (pair, round) => {
      const measured = await measure(pair, seconds);
      say(`regions at ${rate}/s: round ${round} of ${rounds}, ${pair.title}: ${inWords(measured)}`);
      return measured;
    });
    rows.push(...(await rowsAt(rate, kinds, pairs, figures)));
  }
  for (const pair of pairs) await demandSums(pair, load, pages, written.get(pair));
  await Promise.all([load, ...pairs].map(({ stop }) => stop()));
  return rows;
}

/** Rows of the first pair against the others, and against the whole states that it might have sent. */
async function rowsAt(rate, kinds, pairs, figures) {
  const whole = await wholeStateBytes(pairs[0]);
  const baselines = [
    ...pairs.slice(1).map(({ key, title }, at) => ({ key, title, figures: figures[at + 1] })),
    {
      key: 'whole-state',
      title: 'whole state of each bucket pulled, reckoned',
      figures: figures[0].map(({ parts }) => ({ wire: parts * whole })),
    },
  ];
  return kinds.flatMap((kind) =>
    baselines.flatMap((baseline) =>
      rowsOf(
        `regions.${kind}.${rate}`,
        only(kind, figures[0]),
        baseline,
        only(kind, baseline.figures),
      ),
    ),
  );
}

/** The figures of one kind by their measures. */
function only(kind, figures) {
  return figures.map((figure) =>
    Object.fromEntries(Object.entries(KINDS[kind]).map(([name, as]) => [as, figure[name]])),
  );
}

/** Whoever loses a write, or makes one up, may be fast only because it counts wrong. */
async function demandSums({ title, near, far }, load, pages, expected) {
  for (const region of far === undefined ? [near] : [near, far]) {
    let sum;
    const isExact = async () =>
      (sum = await load.ask({ do: 'sum', port: region.port, pages })) === expected;
    await until(isExact, { what: 'all writes', timeoutMs: CATCH_UP_MS, everyMs: 200 }).catch(
      ({ message }) => {
        throw new Fault(`${title} acknowledged ${expected} writes and shows ${sum}. ${message}`);
      },
    );
  }
}

function inWords({ reached, wire, p50, p99, ...cpu }) {
  const parts = [`${digits(reached)} writes/s`];
  if (p50 !== undefined) parts.push(`lag ${digits(p50)} ms, p99 ${digits(p99)} ms`);
  if (wire !== undefined) parts.push(`${digits(wire)} B a write`);
  for (const [what, name] of [
    ['server', 'server-cpu'],
    ['Redis', 'redis-cpu'],
    ['there', 'there-server-cpu'],
    ['Redis there', 'there-redis-cpu'],
  ]) {
    if (cpu[name] !== undefined) parts.push(`${what} ${digits(cpu[name])} µs`);
  }
  return parts.join(', ');
}
