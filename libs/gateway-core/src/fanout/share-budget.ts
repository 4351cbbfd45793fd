/**
 * How often a counter may be shown where there are more to be told than can be (DESIGN.md §9). Each counter asks for one
 * write to each of its audience every `tickMs`; where the budget of writes does not suffice it is shared max-min fairly
 * (water-filling; Bertsekas and Gallager, Data Networks, 1992, section 6.5.2), so that small audiences wait for nobody and
 * large ones share what is left. Cost O(n log n).
 */

/** The pause between two showings of each counter, in milliseconds, in the order of `audiences`. */
export function ticksOf(
  audiences: readonly number[],
  { writesPerSecond, tickMs }: { readonly writesPerSecond: number; readonly tickMs: number },
): number[] {
  const ticks = audiences.map(() => tickMs);
  const order = audiences
    .map((_, at) => at)
    .sort((a, b) => (audiences[a] ?? 0) - (audiences[b] ?? 0));
  let left = writesPerSecond;
  for (const [done, at] of order.entries()) {
    const audience = audiences[at] ?? 0;
    const wanted = (audience * 1000) / tickMs;
    const share = Math.min(wanted, left / (order.length - done));
    left -= share;
    if (share < wanted) ticks[at] = (audience * 1000) / share;
  }
  return ticks;
}
