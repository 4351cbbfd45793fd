import { endToEnd } from './end-to-end.mjs';

/** Requests, documents and naughty strings of strangers, against real processes. Gives whether nothing broke. */
export function fuzz({ seed, requests, documents, 'all-in-one': allInOne }) {
  console.log(
    `${requests} requests, ${documents} documents and all naughty strings, seed ${seed} …`,
  );
  const env = {
    HEADCOUNT_FUZZ_SEED: seed,
    HEADCOUNT_FUZZ_REQUESTS: requests,
    HEADCOUNT_FUZZ_DOCUMENTS: documents,
    HEADCOUNT_FUZZ_STRINGS: '100000',
    HEADCOUNT_FUZZ_TELL: 'yes',
  };
  return endToEnd('fuzz', env, allInOne);
}
