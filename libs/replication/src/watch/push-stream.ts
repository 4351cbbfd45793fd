/**
 * The stream of values from this counter-api to one gateway: docs/protocol.md §6. Latest wins: it holds which
 * counters changed, never their values, so a slow gateway costs no memory and gets what is true when it is sent.
 *
 * The first change of a quiet counter leaves at once; a busy one leaves once a tick.
 */
import { encodeValue, type CounterValue, type PushRequest } from '@headcount/protocol';
import type { WatchedCounter } from './watched-bucket.js';
import type { WatchTimers } from './timers.js';

export type Watched = WatchedCounter<PushStream>;

/** What became of a push: `disowned` = the gateway has another home by now. */
export type PushOutcome = 'taken' | 'failed' | 'disowned';

/** The way to one gateway. */
export interface PushWay {
  push(request: PushRequest): Promise<PushOutcome>;
  close(): Promise<void>;
}

export interface PushStreamOptions {
  readonly way: PushWay;
  readonly tickMs: number;
  readonly timers: WatchTimers;
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
  private cancelTick: (() => void) | null = null;
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
    const { timers, tickMs } = this.options;
    if (sentMs !== undefined && timers.nowMs() - sentMs < tickMs) {
      this.resting.add(counter);
      this.cancelTick ??= timers.afterMs(() => this.wake(), tickMs);
      return;
    }
    if (this.due.size === 0 && !this.flying) timers.afterTurn(() => void this.fly());
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
    this.cancelTick?.();
    this.due.clear();
    this.resting.clear();
    void this.options.way.close();
    this.options.onEnd();
  }

  private wake(): void {
    this.cancelTick = null;
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
    const { way, timers, onPush, valueOf } = this.options;
    const counters = [...this.due].slice(0, VALUES_MAX);
    const nowMs = timers.nowMs();
    for (const counter of counters) {
      this.due.delete(counter);
      this.sentAtMs.set(counter, nowMs);
    }
    const values = counters.flatMap((counter) => valueOf(counter) ?? []);
    const from = this.at;
    const outcome = await way.push({ from, to: from + 1, values: values.map(encodeValue) });
    if (outcome === 'taken') {
      this.at = from + 1;
      this.failingSinceMs = null;
      onPush(values.length);
      return;
    }
    onPush('failed');
    for (const counter of counters) if (counter.watchers.has(this)) this.due.add(counter);
    this.failingSinceMs ??= nowMs;
    const isTooLong = timers.nowMs() - this.failingSinceMs > FAILING_MS_MAX;
    if (outcome === 'disowned' || isTooLong) this.close();
    else await new Promise<void>((done) => void timers.afterMs(done, RETRY_MS));
  }
}
