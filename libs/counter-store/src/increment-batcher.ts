/**
 * Group commit: all additions to one bucket that arrive in one turn of the event loop go to Redis as one numbered
 * batch, one in flight a bucket; of the batches of several buckets the store makes one call (ADR 17). A batch whose answer
 * is missing is sent again with its number, and Redis answers it from the record if it had been taken, so no addition
 * counts twice (DESIGN.md §7).
 *
 * G1  a number is never used for two contents: a batch is sent again as it is, or given up for good.
 * G2  an addition is answered STORE_UNAVAILABLE only if it was never sent; after that it is OUTCOME_UNKNOWN.
 */
import { assert, type Position } from '@headcount/crdt';
import { bucketOf, err, ok, type Result } from '@headcount/protocol';
import { isOutOfMemory } from './redis-memory.js';
import type { Addition, CounterStore } from './counter.store.js';
import type { AddOutcome, Added, BatchAdded } from './scripts/counters-add.js';

/** Why an addition was not, or perhaps not, made. */
export type AddRefusal =
  Exclude<AddOutcome, 'added' | 'replayed'> | 'STORE_UNAVAILABLE' | 'OUTCOME_UNKNOWN';

/** An addition that was made: its outcome, its counter after it, and where the bucket stood then. */
export interface Committed extends Added {
  readonly position: Position;
  readonly staleRegions: readonly string[];
  /** Replication id of the Redis that has it (durability.ts, D2). */
  readonly replid: string;
}

/** Timers of the caller, so that tests need none. */
export interface BatchTimers {
  readonly nowMs: () => number;
  /** Runs `task` when the present turn of the event loop has ended. */
  readonly afterTurn: (task: () => void) => void;
  readonly afterMs: (task: () => void, ms: number) => void;
}

export interface BatcherOptions {
  readonly store: CounterStore;
  /** Whether Redis can be asked at all; while it is false nothing is sent. */
  readonly isReady: () => boolean;
  readonly instance: string;
  readonly buckets: number;
  /** How long an addition waits for its answer. */
  readonly deadlineMs: number;
  readonly timers: BatchTimers;
}

/** Most additions of one batch: bounds how long one script holds up Redis (about 2 ms). */
export const BATCH_ADDITIONS_MAX = 500;
/** Most additions waiting in one bucket; one more is refused, as Redis is not keeping up. */
export const WAITING_ADDITIONS_MAX = 20_000;
const RETRY_MS = 50;

interface Waiting {
  readonly addition: Addition;
  readonly untilMs: number;
  readonly settle: (result: Result<Committed, AddRefusal>) => void;
}

interface Lane {
  waiting: Waiting[];
  flying: boolean;
  lastNumber: number;
}

/** See the head of the file. One a process. */
export class IncrementBatcher {
  private readonly lanes = new Map<number, Lane>();
  /** Those that fly when this turn has ended: in one task, so that the store makes one call of them. */
  private ready: { readonly bucket: number; readonly lane: Lane }[] = [];

  constructor(private readonly options: BatcherOptions) {}

  /** Adds once for each operation id. Resolves when Redis has answered, or at the deadline. */
  add(addition: Addition): Promise<Result<Committed, AddRefusal>> {
    const { buckets, deadlineMs, timers } = this.options;
    const bucket = bucketOf(addition.pageId, buckets);
    const lane = this.laneOf(bucket);
    if (lane.waiting.length >= WAITING_ADDITIONS_MAX)
      return Promise.resolve(err('STORE_UNAVAILABLE'));
    return new Promise((settle) => {
      lane.waiting.push({ addition, untilMs: timers.nowMs() + deadlineMs, settle });
      if (lane.waiting.length !== 1 || lane.flying) return;
      if (this.ready.push({ bucket, lane }) === 1) timers.afterTurn(() => this.flyAll());
    });
  }

  private flyAll(): void {
    const { ready } = this;
    this.ready = [];
    for (const { bucket, lane } of ready) void this.fly(bucket, lane);
  }

  private laneOf(bucket: number): Lane {
    let lane = this.lanes.get(bucket);
    if (!lane) this.lanes.set(bucket, (lane = { waiting: [], flying: false, lastNumber: 0 }));
    return lane;
  }

  /** Sends batch after batch until nothing waits. */
  private async fly(bucket: number, lane: Lane): Promise<void> {
    if (lane.flying) return;
    lane.flying = true;
    while (lane.waiting.length > 0) {
      if (this.options.isReady()) await this.sendBatch(bucket, lane);
      else await this.pause(lane);
    }
    lane.flying = false;
  }

  private async sendBatch(bucket: number, lane: Lane): Promise<void> {
    const { store, instance, timers, isReady } = this.options;
    const batch = lane.waiting.splice(0, BATCH_ADDITIONS_MAX);
    const number = ++lane.lastNumber;
    const additions = batch.map(({ addition }) => addition);
    const known = store.seenIncarnation(bucket);
    let sentUnder: string | null = null;
    const onAnswer = (answer: BatchAdded): void =>
      batch.forEach(({ addition, settle }, place) => {
        if (addition.atOnce) settle(resultOf(answer, place));
      });
    const untilMs = Math.max(...batch.map((waiting) => waiting.untilMs));
    for (let tries = 1; timers.nowMs() < untilMs; tries += 1) {
      try {
        if (!isReady()) throw new Error('Redis is away');
        const sending = store.add({ bucket, instance, number, additions, sentUnder, onAnswer });
        sentUnder = known;
        const answer = await sending;
        batch.forEach(({ settle }, place) => settle(resultOf(answer, place)));
        return;
      } catch (cause) {
        // Redis refuses writes before they change anything. For one that was sent before, the outcome is unknown.
        if (isOutOfMemory(cause) && tries === 1) {
          batch.forEach(({ settle }) => settle(err('STORE_FULL')));
          return;
        }
        // Whatever went wrong, the batch may have been taken: only the same batch again can tell (G1).
        await this.sleep(RETRY_MS);
      }
      for (const { settle, untilMs: end } of batch) {
        if (timers.nowMs() >= end) settle(err('OUTCOME_UNKNOWN'));
      }
    }
    batch.forEach(({ settle }) => settle(err('OUTCOME_UNKNOWN')));
  }

  /** Redis is away and these were never sent, so whoever has waited long enough is told to come again. */
  private async pause(lane: Lane): Promise<void> {
    await this.sleep(RETRY_MS);
    const nowMs = this.options.timers.nowMs();
    const late = lane.waiting.filter(({ untilMs }) => nowMs >= untilMs);
    if (late.length === 0) return;
    lane.waiting = lane.waiting.filter(({ untilMs }) => nowMs < untilMs);
    late.forEach(({ settle }) => settle(err('STORE_UNAVAILABLE')));
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((done) => this.options.timers.afterMs(done, ms));
  }
}

function resultOf(
  { added: all, position, staleRegions, replid }: BatchAdded,
  place: number,
): Result<Committed, AddRefusal> {
  const added = all[place];
  assert(added, 'a batch is answered addition by addition');
  const { outcome } = added;
  return outcome === 'added' || outcome === 'replayed'
    ? ok({ ...added, position, staleRegions, replid })
    : err(outcome);
}

/** Node's own timers. */
export const NODE_TIMERS: BatchTimers = {
  nowMs: () => performance.now(),
  afterTurn: (task) => void setImmediate(task),
  afterMs: (task, ms) => void setTimeout(task, ms),
};
