/**
 * What a subscription is pulled from: at most one value waits, always the newest. A reader that is
 * slower than the changes skips values instead of queueing them.
 * Ends once: when its reader lets go or `end` is called, whichever is first, `ended` runs.
 */
export class LatestIterator<T> implements AsyncIterableIterator<T, void> {
  private waiting: { readonly value: T } | null = null;
  private reader: ((result: IteratorResult<T, void>) => void) | null = null;
  private done = false;

  constructor(private readonly ended: () => void) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The newest value. Replaces one that nobody has pulled yet. */
  push(value: T): void {
    if (this.done) return;
    if (this.reader === null) {
      this.waiting = { value };
      return;
    }
    const reader = this.reader;
    this.reader = null;
    reader({ value, done: false });
  }

  /** No more values; what waits is dropped and a reader that waits is let go. */
  end(): void {
    if (this.done) return;
    this.done = true;
    this.waiting = null;
    this.reader?.({ value: undefined, done: true });
    this.reader = null;
    this.ended();
  }

  next(): Promise<IteratorResult<T, void>> {
    if (this.done) return Promise.resolve({ value: undefined, done: true });
    if (this.waiting !== null) {
      const { value } = this.waiting;
      this.waiting = null;
      return Promise.resolve({ value, done: false });
    }
    return new Promise((resolve) => {
      this.reader = resolve;
    });
  }

  return(): Promise<IteratorResult<T, void>> {
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(cause: unknown): Promise<IteratorResult<T, void>> {
    this.end();
    return Promise.reject(cause instanceof Error ? cause : new Error(String(cause)));
  }
}
