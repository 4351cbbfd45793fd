/**
 * How far subscriptions have got, without a list of what each has received: only when the last of them has reached a change,
 * or a later one, since some servers skip values. Changes are numbered from 0, the value at the beginning.
 */
export class Tally {
  /** The latest change of each subscription, how many have reached each change, and when the last one did. */
  #latest;
  #reached = [];
  #timesMs = [];
  #waiting = [];
  received = 0;

  constructor(subscriptions) {
    this.#latest = new Int32Array(subscriptions).fill(-1);
  }

  /** A subscription has received this change. */
  take(subscription, change) {
    this.received += 1;
    const all = this.#latest.length;
    for (let number = this.#latest[subscription] + 1; number <= change; number += 1) {
      const reached = (this.#reached[number] ?? 0) + 1;
      this.#reached[number] = reached;
      if (reached === all) this.#complete(number);
    }
    if (change > this.#latest[subscription]) this.#latest[subscription] = change;
  }

  /** Resolves once all subscriptions have reached the change, with the time at which the last one did. */
  async untilAll(change) {
    if (this.#timesMs[change] === undefined) {
      await new Promise((resolve) => this.#waiting.push({ change, resolve }));
    }
    return this.#timesMs[change];
  }

  #complete(number) {
    this.#timesMs[number] = nowMs();
    const isDue = ({ change }) => change <= number;
    for (const { resolve } of this.#waiting.filter(isDue)) resolve();
    this.#waiting = this.#waiting.filter((waiting) => !isDue(waiting));
  }
}

/** Milliseconds on a clock that all processes of this machine share. */
export function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}
