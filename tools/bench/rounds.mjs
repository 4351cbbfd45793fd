/**
 * Measures contenders in turn, ABBA…, and resolves with their figures of all rounds: for each contender a list of what
 * `measure(contender)` resolved with. In turn, since a machine slows down and speeds up with what else goes on there;
 * the order is reversed in every other round, since whoever comes second finds other caches than who comes first.
 */
export async function inTurn(contenders, rounds, measure) {
  const figures = contenders.map(() => []);
  for (let round = 1; round <= rounds; round += 1) {
    const order = [...contenders.keys()];
    for (const at of round % 2 === 1 ? order : order.reverse()) {
      figures[at].push(await measure(contenders[at], round));
    }
  }
  return figures;
}

/** The middle one, or the mean of the two in the middle. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** The smallest of the numbers that at least this share of them do not exceed; 0.99 is the 99th percentile. */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)];
}
