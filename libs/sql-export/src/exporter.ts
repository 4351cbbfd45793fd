/** Follows the buckets that are this process' own and writes them behind to a sink, round after round. */
import type { Position } from '@headcount/crdt';
import type { DurableStore } from '@headcount/counter-store';
import { BucketCopies } from './bucket-copies.js';
import type { CounterSink, SinkPart, SinkSession } from './counter-sink.js';

/** Time of the caller. */
export interface ExportTimers {
  /** Milliseconds that never go back. */
  readonly nowMs: () => number;
  /** Resolves after `ms`, or when `signal` is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to 1, for waits that should not fall together. */
  readonly random: () => number;
}

/** Whose failure ended a round. */
export interface ExportFailure {
  readonly side: 'redis' | 'database' | 'exporter';
  readonly detail: string;
}

export interface ExporterOptions {
  readonly store: DurableStore;
  readonly sink: CounterSink;
  /** The buckets that this process exports. A hint: two that export one do so in vain, but rightly. */
  readonly owned: () => readonly number[];
  /** From the end of a round to the next. */
  readonly intervalMs: number;
  readonly timers: ExportTimers;
  readonly bounds?: ExportBounds;
  /** Rows written, unchanged ones of whole state among them. */
  readonly onRows: (rows: number) => void;
  /** A bucket was exported whole. */
  readonly onWhole: (bucket: number) => void;
  readonly onFailure: (failure: ExportFailure) => void;
  /** After a round without failure. */
  readonly onRound: () => void;
}

/** How much is done at once. */
export interface ExportBounds {
  /** Buckets that are read at once, and written in one transaction. */
  readonly bucketsAtOnce: number;
  /** Rows of a bucket that are read at once. */
  readonly rowsMax: number;
  /** Counters of whole state that are read at once, and written in one transaction. */
  readonly wholeCountersMax: number;
}

/** At most 6,400 rows a transaction, or 32,000 where all its buckets are exported whole; about 5 ms of Redis a read. */
export const EXPORT_BOUNDS: ExportBounds = {
  bucketsAtOnce: 32,
  rowsMax: 200,
  wholeCountersMax: 1000,
};
const BACKOFF_MS_MAX = 60_000;
/** How long a stop waits for what is under way before it cuts it off. */
const STOP_MS_MAX = 250;

/** A bucket that goes on: up to where it stood when the round first read it, so that a busy one does not hold up the others. */
type Targets = Map<number, Position>;

/** See the head of the file. */
export class Exporter {
  /** When the last round without failure began; before the first one, when this was made. */
  levelAtMs: number;
  private readonly copies: BucketCopies;
  private readonly bounds: ExportBounds;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: ExporterOptions) {
    const { timers, bounds = EXPORT_BOUNDS } = options;
    this.bounds = bounds;
    this.levelAtMs = timers.nowMs();
    this.copies = new BucketCopies(timers.nowMs);
  }

  start(): void {
    this.running = this.run();
  }

  /** Resolves when nothing is under way any more. What has not been exported yet is by the next owner. */
  async stop(): Promise<void> {
    const { sink, timers } = this.options;
    this.stopping.abort();
    const done = new AbortController();
    const patience = timers.sleep(STOP_MS_MAX, done.signal);
    await Promise.race([this.running, patience]);
    done.abort();
    await sink.close();
    await this.running;
  }

  /** One round over all own buckets; whether it went through. */
  async round(): Promise<boolean> {
    const { sink, onRound, timers } = this.options;
    const beganAtMs = timers.nowMs();
    try {
      const session = await on('database', sink.session());
      this.copies.takeOver(await on('database', session.positions()));
      await this.exportAll(session, this.options.owned());
    } catch (cause) {
      // What was cut off by a stop has not failed.
      if (!this.stopping.signal.aborted) this.options.onFailure(failureOf(cause));
      return false;
    }
    this.levelAtMs = beganAtMs;
    onRound();
    return true;
  }

  private async run(): Promise<void> {
    const { intervalMs, timers } = this.options;
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      failures = (await this.round()) ? 0 : failures + 1;
      // The clocks of several exporters would else knock at once where the database comes back.
      const backoffMs = Math.min(intervalMs * 2 ** failures, BACKOFF_MS_MAX);
      const pauseMs = failures === 0 ? intervalMs : backoffMs * (0.5 + timers.random() / 2);
      await timers.sleep(pauseMs, signal);
    }
  }

  private async exportAll(session: SinkSession, owned: readonly number[]): Promise<void> {
    const targets: Targets = new Map();
    const waiting = [...owned];
    while (waiting.length > 0 && !this.stopping.signal.aborted) {
      const buckets = waiting.splice(0, this.bounds.bucketsAtOnce);
      waiting.push(...(await this.exportSome(session, buckets, targets)));
    }
  }

  /** Reads and writes some buckets; those that have more. */
  private async exportSome(
    session: SinkSession,
    buckets: readonly number[],
    targets: Targets,
  ): Promise<number[]> {
    const reads = await Promise.all(buckets.map((bucket) => this.read(bucket)));
    const parts: SinkPart[] = [];
    const more: number[] = [];
    for (const { bucket, position, changed, modulus } of reads) {
      const target = targets.get(bucket) ?? position;
      targets.set(bucket, target);
      if (changed === null) {
        const last = await this.exportWhole(session, bucket, position, modulus);
        if (last) parts.push(last);
        continue;
      }
      const to = { ...position, rev: changed.to };
      const part = this.copies.part(bucket, position, to, changed.rows);
      if (part) parts.push(part);
      if (to.incarnation === target.incarnation && to.rev < target.rev) more.push(bucket);
    }
    await this.write(session, parts);
    return more;
  }

  private async read(bucket: number) {
    const { store } = this.options;
    const copied = this.copies.of(bucket);
    store.noteCopied(bucket, this.copies.heldBy(bucket));
    const since = await on('redis', store.since(bucket, copied, this.bounds.rowsMax));
    return { bucket, ...since };
  }

  /**
   * All counters of a bucket, part after part, but for the last one, which is returned. Given up (null) where the bucket begins
   * a new incarnation: the next round begins anew.
   */
  private async exportWhole(
    session: SinkSession,
    bucket: number,
    begun: Position,
    modulus: number,
  ): Promise<SinkPart | null> {
    const { store } = this.options;
    let number = 0;
    while (!this.stopping.signal.aborted) {
      const ask = store.slices(bucket, { modulus, number }, this.bounds.wholeCountersMax);
      const { position: asOf, rows, next } = await on('redis', ask);
      if (asOf.incarnation !== begun.incarnation) return null;
      if (next >= modulus) return { bucket, asOf, rows, move: { kind: 'whole', begun } };
      await this.write(session, [{ bucket, asOf, rows, move: null }]);
      number = next;
    }
    return null;
  }

  private async write(session: SinkSession, parts: readonly SinkPart[]): Promise<void> {
    if (parts.length === 0) return;
    const { onRows, onWhole } = this.options;
    const outcomes = await on('database', session.write(parts));
    let rows = 0;
    outcomes.forEach(({ part, verdict, position }) => {
      this.copies.wrote(part.bucket, position);
      if (verdict !== 'taken') return;
      rows += part.rows.length;
      if (part.move?.kind === 'whole') onWhole(part.bucket);
    });
    onRows(rows);
  }
}

/** A failure, and whose it is. */
class SideError extends Error {
  constructor(
    readonly side: ExportFailure['side'],
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function on<T>(side: ExportFailure['side'], answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new SideError(side, cause);
  }
}

function failureOf(cause: unknown): ExportFailure {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return { side: cause instanceof SideError ? cause.side : 'exporter', detail };
}
