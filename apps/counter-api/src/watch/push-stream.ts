/**
 * The stream of values from this counter-api to one gateway: docs/protocol.md §6. Latest wins: it holds which
 * counters changed, never their values, so a slow gateway costs no memory and gets what is true when it is sent.
 *
 * The first change of a quiet counter leaves at once; a busy one leaves once a tick.
 */
import { z } from 'zod';
import type { WatchedCounter } from '@headcount/replication';
import { PATHS, encodeValue, type CounterValue } from '@headcount/protocol';
import type { SignedClient } from '@headcount/platform';

export type Watched = WatchedCounter<PushStream>;

export interface PushStreamOptions {
  readonly client: SignedClient;
  readonly tickMs: number;
  /** Milliseconds that never go back. */
  readonly monotonicMs: () => number;
  /** What a counter shows now; null: nothing that can be sent. */
  readonly valueOf: (counter: Watched) => CounterValue | null;
  /** Told of each push: how many values it carried, or that it failed. */
  readonly onPush: (values: number | 'failed') => void;
  /** Told once, when the gateway could not be reached for too long, or is no longer ours. */
  readonly onEnd: () => void;
}

/** Values of one push: about 400 KB of the megabyte that a body may have. */
const VALUES_MAX = 4000;
/** Wait before a failed push is tried again, in milliseconds. */
const RETRY_MS = 200;
/** How long pushes may fail before the stream ends; the gateway's next sync begins another. */
const FAILING_MS_MAX = 10_000;

export class PushStream {
  /** Counters to be sent with the next push. */
  private readonly due = new Set<Watched>();
  /** Counters that were sent within the last tick and changed again. */
  private readonly resting = new Set<Watched>();
  private readonly sentAtMs = new WeakMap<Watched, number>();
  private tick: NodeJS.Timeout | null = null;
  private flying = false;
  private failingSinceMs: number | null = null;
  private ended = false;
  private at = 1;

  constructor(private readonly options: PushStreamOptions) {}

  /** The position that the gateway has when it has taken every push. */
  get position(): number {
    return this.at;
  }

  /** A watched counter has a new value. */
  offer(counter: Watched): void {
    if (this.ended) return;
    const sentMs = this.sentAtMs.get(counter);
    if (sentMs !== undefined && this.options.monotonicMs() - sentMs < this.options.tickMs) {
      this.resting.add(counter);
      this.tick ??= setTimeout(() => this.wake(), this.options.tickMs);
      return;
    }
    if (this.due.size === 0 && !this.flying) setImmediate(() => void this.fly());
    this.due.add(counter);
  }

  /** A counter is no longer of interest. */
  drop(counter: Watched): void {
    this.due.delete(counter);
    this.resting.delete(counter);
  }

  /** Sends nothing any more. */
  close(): void {
    if (this.ended) return;
    this.ended = true;
    if (this.tick) clearTimeout(this.tick);
    this.due.clear();
    this.resting.clear();
    void this.options.client.close();
    this.options.onEnd();
  }

  private wake(): void {
    this.tick = null;
    for (const counter of this.resting) this.due.add(counter);
    this.resting.clear();
    void this.fly();
  }

  private async fly(): Promise<void> {
    if (this.flying) return;
    this.flying = true;
    while (this.due.size > 0 && !this.ended) await this.push();
    this.flying = false;
  }

  private async push(): Promise<void> {
    const { client, monotonicMs, onPush, valueOf } = this.options;
    const counters = [...this.due].slice(0, VALUES_MAX);
    const nowMs = monotonicMs();
    for (const counter of counters) {
      this.due.delete(counter);
      this.sentAtMs.set(counter, nowMs);
    }
    const values = counters.flatMap((counter) => valueOf(counter) ?? []);
    const from = this.at;
    const body = { from, to: from + 1, values: values.map(encodeValue) };
    const pushed = await client.call({
      method: 'PUT',
      path: PATHS.push,
      body,
      answer: z.undefined(),
    });
    if (pushed.ok) {
      this.at = from + 1;
      this.failingSinceMs = null;
      onPush(values.length);
      return;
    }
    onPush('failed');
    for (const counter of counters) if (counter.watchers.has(this)) this.due.add(counter);
    const disowned = pushed.error.code === 'REFUSED' && pushed.error.refusal === 'UNKNOWN_INSTANCE';
    this.failingSinceMs ??= nowMs;
    if (disowned || monotonicMs() - this.failingSinceMs > FAILING_MS_MAX) this.close();
    else await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}
