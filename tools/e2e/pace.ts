/** How events that happened at certain times were spread. */
export interface Pace {
  readonly events: number;
  /** From the first to the last, but at least one. */
  readonly seconds: number;
  /** Events a second over that time. */
  readonly mean: number;
  /** The most within any one second, wherever it begins. */
  readonly peak: number;
}

const SECOND_MS = 1000;

/** `timesMs`: when each has happened, in milliseconds and any order. */
export function paceOf(timesMs: readonly number[]): Pace {
  const inOrder = [...timesMs].sort((one, other) => one - other);
  const events = inOrder.length;
  const [first = 0, last = 0] = [inOrder[0], inOrder.at(-1)];
  const seconds = Math.max((last - first) / SECOND_MS, 1);
  let peak = 0;
  let begin = 0;
  for (const [place, atMs] of inOrder.entries()) {
    while (atMs - (inOrder[begin] ?? atMs) >= SECOND_MS) begin += 1;
    peak = Math.max(peak, place - begin + 1);
  }
  return { events, seconds, mean: events / seconds, peak };
}
