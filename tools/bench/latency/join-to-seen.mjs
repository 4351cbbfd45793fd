import { Fault } from '../../setup/fault.mjs';

/** Far above any latency that is worth a figure. */
const SEEN_MS_MAX = 10_000;

/** A viewer that is on a page before the others come, and notes when it sees which count. */
export class Witness {
  #count = 0;
  #waiting = [];

  constructor(viewer, page) {
    this.page = page;
    viewer.enter(page, (count) => this.#see(count));
  }

  /** Resolves with the time at which it received a count that `accept` takes. Rejects with a Fault after 10 s. */
  sees(accept, what) {
    if (accept(this.#count)) return Promise.resolve(performance.now());
    return new Promise((resolve, reject) => {
      const late = `${what} was not seen on ${this.page} within ${SEEN_MS_MAX / 1000} s`;
      const limit = setTimeout(() => reject(new Fault(late)), SEEN_MS_MAX);
      const settle = (nowMs) => {
        clearTimeout(limit);
        resolve(nowMs);
      };
      this.#waiting.push({ accept, settle });
    });
  }

  #see(count) {
    const nowMs = performance.now();
    this.#count = count;
    const met = this.#waiting.filter(({ accept }) => accept(count));
    this.#waiting = this.#waiting.filter((each) => !met.includes(each));
    for (const { settle } of met) settle(nowMs);
  }
}

/**
 * Lets viewers join the page of a witness one by one, each after `pause()`, and leave it together, once all were seen.
 * Begins when the witness is alone. Resolves with the milliseconds from each join until the witness received a count
 * that includes it.
 */
export async function joinOneByOne(witness, joiners, pause) {
  await witness.sees((count) => count === 1, 'the last leave');
  const leaves = [];
  const latencies = [];
  for (const joiner of joiners) {
    await pause();
    const startedMs = performance.now();
    leaves.push(joiner.enter(witness.page, () => undefined));
    const present = 1 + leaves.length;
    const seen = witness.sees((count) => count >= present, 'a join');
    latencies.push(seen.then((seenMs) => seenMs - startedMs));
  }
  const measured = await Promise.all(latencies);
  for (const leave of leaves) leave();
  return measured;
}
