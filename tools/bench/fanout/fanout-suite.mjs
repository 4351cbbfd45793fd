/** Suite `fanout`: changes that are known already are shown to many subscribers by one server. */
import { inTurn } from '../rounds.mjs';
import { digits, rowsOf } from '../rows.mjs';
import { pageId } from './changes.mjs';
import { startCrowd } from './crowd.mjs';
import { measureInStep, measureSaturated } from './deliveries.mjs';
import { BASELINES, startSides } from './sides.mjs';

/** Each socket subscribes to so many of the pages, all of which change together. */
const CASES = {
  'hot-page-1000': { sockets: 1000, pages: 1, subscriptions: 1 },
  'hot-page-5000': { sockets: 5000, pages: 1, subscriptions: 1 },
  // As clients do that give an operation a UUID; the others count theirs.
  'hot-page-5000-uuids': { sockets: 5000, pages: 1, subscriptions: 1, uuids: true },
  '1000-pages': { sockets: 1000, pages: 1000, subscriptions: 1 },
  '10-subscriptions': { sockets: 1000, pages: 10, subscriptions: 10 },
};

const FULL = { rounds: 5, seconds: 2, warmUpSeconds: 1, scale: 1 };
/** With so many fewer sockets, and pages where a socket has one of its own. */
const QUICK = { rounds: 2, seconds: 0.3, warmUpSeconds: 0.2, scale: 10 };

export const fanoutSuite = { name: 'fanout', cases: Object.keys(CASES), run };

async function run(cases, { quick, say }) {
  const size = quick ? QUICK : FULL;
  const rows = [];
  for (const each of cases) {
    rows.push(...(await runCase(`fanout.${each}`, { ...CASES[each], ...size, say })));
  }
  return rows;
}

async function runCase(name, { rounds, seconds, warmUpSeconds, say, ...size }) {
  const sides = await startSides(Object.keys(BASELINES));
  const fields = [];
  for (const side of sides) {
    say(`${name}: ${side.title} lets its subscribers in`);
    fields.push(await openField(side, size));
  }
  for (const field of fields) await measureInStep(field, warmUpSeconds);
  const [ours, ...theirs] = await inTurn(fields, rounds, async (field, round) => {
    const figures = {
      ...(await measureInStep(field, seconds)),
      ...(await measureSaturated(field, seconds)),
    };
    say(`${name}: round ${round} of ${rounds}, ${field.side.title}: ${inWords(figures)}`);
    return figures;
  });
  await Promise.all(fields.flatMap(({ side, crowd }) => [crowd.stop(), side.stop()]));
  return theirs.flatMap((figures, at) => rowsOf(name, ours, sides[at + 1], figures));
}

async function openField(side, { sockets, pages, subscriptions, uuids = false, scale }) {
  const fewer = (count) => Math.ceil(count / scale);
  // Of the pages that everybody has nothing is taken away.
  const pageCount = pages === sockets ? fewer(pages) : pages;
  const size = { sockets: fewer(sockets), pages: pageCount, subscriptions, uuids };
  const crowd = await startCrowd(side, size);
  await crowd.open();
  return {
    side,
    crowd,
    pages: Array.from({ length: pageCount }, (_, at) => pageId(at)),
    change: 0,
  };
}

function inWords({ deliveries, busy, skipped, p50, p99, changes, 'delivery-cpu': cpu }) {
  const cost =
    cpu === undefined
      ? ''
      : `${digits(cpu)} µs a delivery (core ${Math.round(busy * 100)} % busy), `;
  const lag = `last receipt after ${digits(p50)} ms, p99 ${digits(p99)} ms`;
  return `${cost}${lag} in ${changes} changes, ${digits(deliveries)} deliveries/s (${skipped} values skipped)`;
}
