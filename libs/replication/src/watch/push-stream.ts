/**
 * The stream of values from this counter-api to one gateway: docs/protocol.md §6. Latest wins: it holds what
 * changed, never the values, so a slow gateway costs no memory and gets what is true when it is sent.
 *
 * The first change of what is quiet leaves at once, as long as the budget of all streams allows; what is busy leaves once a tick.
 */
import type { CounterValue, PushRequest } from '@headcount/protocol';
import type { PushBudget } from './push-budget.js';
import { pushParts } from './push-parts.js';
import type { WatchTimers } from './timers.js';
import type { WatchedCounter, Watcher, Watching } from './watched.js';

type Watched = Watching<Watcher>;

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
  readonly budget: PushBudget;
  /** What a counter shows now; null: nothing that can be sent. */
  readonly valueOf: (counter: WatchedCounter<Watcher>) => CounterValue | null;
  /** Told of each push: how many values it carried, or that it failed. */
  readonly onPush: (values: number | 'failed') => void;
  /** Told once, when the gateway could not be reached for too long, or is no longer ours. */
  readonly onEnd: () => void;
}

/** Wait before a failed push is tried again, in milliseconds. */
const RETRY_MS = 200;
/** How long pushes may fail before the stream ends; the gateway's next sync begins another. */
const FAILING_MS_MAX = 10_000;

export class PushStream implements Watcher {
  /** What is to be sent with the next push. */
  private readonly due = new Set<Watched>();
  /** What was sent within the last tick and changed again. */
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

  /** Something watched has changed. */
  offer(watched: Watched): void {
    if (this.ended) return;
    const sentMs = this.sentAtMs.get(watched);
    const { timers, tickMs } = this.options;
    if (sentMs !== undefined && timers.nowMs() - sentMs < tickMs) {
      this.resting.add(watched);
      this.cancelTick ??= timers.afterMs(() => this.wake(), tickMs);
      return;
    }
    if (this.due.size === 0 && !this.flying) timers.afterTurn(() => void this.fly());
    this.due.add(watched);
  }

  /** Something is no longer of interest. */
  drop(watched: Watched): void {
    this.due.delete(watched);
    this.resting.delete(watched);
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
    for (const watched of this.resting) this.due.add(watched);
    this.resting.clear();
    void this.fly();
  }

  private async fly(): Promise<void> {
    if (this.flying) return;
    this.flying = true;
    while (this.due.size > 0 && !this.ended) {
      await this.options.budget.take();
      // Nothing may be left of it by now.
      if (this.due.size > 0) await this.push();
    }
    this.flying = false;
  }

  private async push(): Promise<void> {
    const { way, timers, onPush, valueOf } = this.options;
    const { parts, taken, size } = pushParts(this.due, valueOf);
    const nowMs = timers.nowMs();
    for (const watched of taken) {
      this.due.delete(watched);
      this.sentAtMs.set(watched, nowMs);
    }
    const from = this.at;
    const outcome = await way.push({ from, to: from + 1, ...parts });
    if (outcome === 'taken') {
      this.at = from + 1;
      this.failingSinceMs = null;
      onPush(size);
      return;
    }
    onPush('failed');
    for (const watched of taken) if (watched.watchers.has(this)) this.due.add(watched);
    this.failingSinceMs ??= nowMs;
    const isTooLong = timers.nowMs() - this.failingSinceMs > FAILING_MS_MAX;
    if (outcome === 'disowned' || isTooLong) this.close();
    else await new Promise<void>((done) => void timers.afterMs(done, RETRY_MS));
  }
}
