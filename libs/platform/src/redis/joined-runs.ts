import { demandStoreCall, outsideRequests } from './request-work.js';

interface Run<V> {
  readonly result: Promise<V>;
  /** The run after this one, once a caller has asked for it. */
  next: Promise<V> | null;
}

/**
 * Single flight per key: at most one run at a time, however many callers ask. A caller who finds a run under way waits for
 * the next one and shares it with all others who came meanwhile: the present run may have read before the caller's last
 * write. So the work that one key makes is bounded by how long a run takes, not by how often it is asked for.
 * A run belongs to no request, so it does not end with one; each caller is charged one store call.
 */
export class JoinedRuns<K, V> {
  private readonly runs = new Map<K, Run<V>>();

  constructor(private readonly task: (key: K) => Promise<V>) {}

  /** Rejects as the task does, or with HeadcountError TOO_COMPLEX where the request has no store call left. */
  async join(key: K): Promise<V> {
    demandStoreCall();
    const present = this.runs.get(key);
    if (!present) return this.start(key);
    present.next ??= present.result.then(
      () => this.start(key),
      () => this.start(key),
    );
    return present.next;
  }

  private start(key: K): Promise<V> {
    const result = outsideRequests(() => this.task(key));
    const run: Run<V> = { result, next: null };
    this.runs.set(key, run);
    // Runs before the next one starts, since it was registered first.
    const forget = (): void => {
      if (this.runs.get(key) === run) this.runs.delete(key);
    };
    result.then(forget, forget);
    return result;
  }
}
