/** How many times as many cases a property that takes long tries; `HEADCOUNT_RUNS=10 npm test -- PATTERN` for the long form. */
const FACTOR = Number(process.env.HEADCOUNT_RUNS ?? 1);

/** Cases of a property that takes long: `short` of them in `npm test`. */
export function runs(short: number): number {
  return Math.ceil(short * FACTOR);
}
