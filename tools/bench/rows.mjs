/**
 * The rows of the result. A row is `{ name, unit, ours, baseline, baselineName, ratio, ratios }`: medians over all rounds,
 * their ratio, which is above 1 where ours is better, and the ratios round by round, which tell how sure it is.
 */
import { median } from './rounds.mjs';

/** What can be measured, and what is better. The keys are the last but one part of a row's name. */
const MEASURES = {
  throughput: { unit: 'req/s', moreIsBetter: true },
  'server-cpu': { unit: 'µs/req', moreIsBetter: false },
  'redis-cpu': { unit: 'µs/req', moreIsBetter: false },
  'delivery-cpu': { unit: 'µs/delivery', moreIsBetter: false },
  deliveries: { unit: 'deliveries/s', moreIsBetter: true },
  'connect-cpu': { unit: 'ms/socket', moreIsBetter: false },
  connects: { unit: 'sockets/s', moreIsBetter: true },
  rss: { unit: 'KiB/socket', moreIsBetter: false },
  heap: { unit: 'KiB/socket', moreIsBetter: false },
  p50: { unit: 'ms', moreIsBetter: false },
  p99: { unit: 'ms', moreIsBetter: false },
  wire: { unit: 'B/req', moreIsBetter: false },
  'idle-server': { unit: 'ms/s', moreIsBetter: false },
  'idle-redis': { unit: 'ms/s', moreIsBetter: false },
  'idle-wire': { unit: 'B/s', moreIsBetter: false },
  'each-memory': { unit: 'B', moreIsBetter: false },
  'there-each-memory': { unit: 'B', moreIsBetter: false },
  'gossip-requests': { unit: 'req/s', moreIsBetter: false },
  'gossip-bodies': { unit: 'B/s', moreIsBetter: false },
  memory: { unit: 'KiB', moreIsBetter: false },
  'there-memory': { unit: 'KiB', moreIsBetter: false },
};

/**
 * Ours against one baseline. `ours` and `theirs` are figures round by round, `{ [measure]: number }`; what one of the two
 * has not is left out. The names are `<caseName>.<measure>.<key>`.
 */
export function rowsOf(caseName, ours, { key, title }, theirs) {
  const shared = Object.keys(MEASURES).filter(
    (measure) => ours[0][measure] !== undefined && theirs[0][measure] !== undefined,
  );
  return shared.map((measure) => {
    const { unit, moreIsBetter } = MEASURES[measure];
    const ratio = (mine, other) => (moreIsBetter ? mine / other : other / mine);
    const of = (figures) => median(figures.map((figure) => figure[measure]));
    return {
      name: `${caseName}.${measure}.${key}`,
      unit,
      ours: of(ours),
      baseline: of(theirs),
      baselineName: title,
      ratio: ratio(of(ours), of(theirs)),
      ratios: ours.map((figure, round) => ratio(figure[measure], theirs[round][measure])),
    };
  });
}

/** The rows as a table for people. */
export function tableOf(rows) {
  const lines = rows.map(({ name, unit, ours, baseline, baselineName, ratio, ratios }) => [
    name,
    ...[ours, baseline].map(digits),
    unit,
    ratio.toFixed(2),
    `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`,
    baselineName,
  ]);
  const head = ['name', 'ours', 'baseline', 'unit', 'ratio', 'by round', 'baseline is'];
  const widths = head.map((title, at) =>
    Math.max(...[head, ...lines].map((line) => line[at].length)),
  );
  const isNumber = (at) => [1, 2, 4].includes(at);
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, at) => (isNumber(at) ? cell.padStart(widths[at]) : cell.padEnd(widths[at])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The rows as `--json` writes them. */
export function toJson(rows) {
  const list = rows.map(({ name, unit, ours, baseline, baselineName, ratio }) => ({
    name,
    unit,
    ours,
    baseline,
    baselineName,
    ratio,
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** Three significant digits or all before the point: 19,312, 4.71. */
export function digits(number) {
  return number >= 100 ? Math.round(number).toLocaleString('en-US') : number.toPrecision(3);
}
