/** A quarter of the seeds of `npm test`: many files, so that they run side by side. More: `npm run simulate`. */
import { failuresOf } from './testing/run-seeds.js';

const FIRST = 131;
const SEEDS = 126;

describe('seeds', () => {
  it(`from ${FIRST} on come right`, async () => {
    const seeds = Array.from({ length: SEEDS }, (_, place) => FIRST + place);
    expect(await failuresOf(seeds)).toEqual([]);
  }, 600_000);
});
