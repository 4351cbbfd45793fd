/**
 * Publish and subscribe in memory, as async iterators: what graphql-subscriptions does, the example of Nest's own
 * documentation. A queue for each subscription, nothing skipped.
 */
export class Topics {
  #queues = new Map();

  publish(topic, value) {
    for (const queue of this.#queues.get(topic) ?? []) queue.put(value);
  }

  /** What is published from now on, after `first`. */
  subscribe(topic, first) {
    const queues = this.#queues.get(topic) ?? new Set();
    this.#queues.set(topic, queues);
    const queue = new Queue(() => queues.delete(queue));
    queues.add(queue);
    queue.put(first);
    return queue;
  }
}

class Queue {
  #values = [];
  #pulls = [];
  #onEnd;

  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  put(value) {
    const pull = this.#pulls.shift();
    if (pull === undefined) this.#values.push(value);
    else pull({ value, done: false });
  }

  next() {
    if (this.#values.length > 0)
      return Promise.resolve({ value: this.#values.shift(), done: false });
    return new Promise((resolve) => this.#pulls.push(resolve));
  }

  return() {
    this.#onEnd();
    for (const pull of this.#pulls.splice(0)) pull({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error) {
    this.#onEnd();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}
