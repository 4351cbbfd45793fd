import { endToEnd } from './end-to-end.mjs';

/** One storm a seed, until one fails. Gives whether all were survived. */
export function storm({ seed, seeds, seconds = '60', 'all-in-one': allInOne }) {
  const first = Number(seed);
  const count = Number(seeds);
  for (let at = first; at < first + count; at += 1) {
    console.log(`Seed ${at} (${at - first + 1} of ${count}), ${seconds} s of storm …`);
    const env = { HEADCOUNT_STORM_SEED: String(at), HEADCOUNT_STORM_SECONDS: seconds };
    if (!endToEnd('storm', env, allInOne)) return false;
  }
  console.log(`${count} storms, every count exact.`);
  return true;
}
