/** What a watcher was shown of a page, in the order of showing. */
export interface Shown {
  readonly atMs: number;
  readonly count: number;
}

/**
 * How long a page that has one viewer was shown as empty, in milliseconds, time after time. One that is empty at the
 * end has no end yet and lasts for ever.
 */
export function absencesOf(shown: readonly Shown[]): number[] {
  const absences: number[] = [];
  let sinceMs: number | null = null;
  for (const { atMs, count } of shown) {
    if (count === 0) sinceMs ??= atMs;
    else if (sinceMs !== null) {
      absences.push(atMs - sinceMs);
      sinceMs = null;
    }
  }
  return sinceMs === null ? absences : [...absences, Infinity];
}
