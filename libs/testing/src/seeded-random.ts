/** A source of numbers in [0, 1), like Math.random, so that either can be passed. */
export type Random = () => number;

/**
 * The same sequence for the same seed, on every machine: a failure is replayed by its printed seed.
 * `seed` is an integer; its low 32 bits count. Period 2^32. Not for secrets.
 * Source: mulberry32, Tommy Ettinger, public domain.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
