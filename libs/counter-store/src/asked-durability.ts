/**
 * Durability that one write asks for, apart from what all wait for (durability.ts). What cannot be promised is found out
 * before anything is written.
 */
import type { Redis } from 'ioredis';
import { err, type Result } from '@headcount/protocol';
import { ReplicaDurability, type DurabilityChoice } from './durability.js';

export interface AskedDurabilityOptions {
  /** Where writes go. */
  readonly redis: Redis;
  /** A connection of its own to the same Redis, opened when the first write asks for replicas. */
  readonly open: () => Promise<Redis>;
  /** Patience of one look whether the replicas have it. */
  readonly timeoutMs: number;
  /** How long a write waits for what it asks for. */
  readonly deadlineMs: number;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** Pause between two looks, in milliseconds. */
const RETRY_MS = 50;

/** One a process. */
export class AskedDurability {
  private marks: Promise<Redis> | null = null;
  private readonly byReplicas = new Map<number, ReplicaDurability>();

  constructor(private readonly options: AskedDurabilityOptions) {}

  /** Whether this Redis can promise it as it stands now. Rejects with ioredis' errors. */
  async canPromise(choice: DurabilityChoice): Promise<boolean> {
    const { redis } = this.options;
    switch (choice.kind) {
      case 'memory':
        return true;
      case 'disk': {
        // Managed Redis may forbid CONFIG, and then nobody can say.
        const settings = await redis.config('GET', 'append*').catch(() => []);
        return isSet(settings, 'appendonly', 'yes') && isSet(settings, 'appendfsync', 'always');
      }
      case 'replicas': {
        const info = await redis.info('replication');
        const connected = /^connected_slaves:(\d+)/m.exec(info)?.[1] ?? '0';
        return Number(connected) >= choice.replicas;
      }
    }
  }

  /**
   * Makes a write, and resolves when it is as durable as chosen. `add` resolves once Redis has answered.
   * DURABILITY_UNAVAILABLE: nothing was written; OUTCOME_UNKNOWN: it was, and may be lost. Rejects with ioredis' errors where
   * Redis cannot be asked, before anything is written.
   */
  async write<T extends { readonly replid: string }, E>(
    choice: DurabilityChoice,
    add: () => Promise<Result<T, E>>,
  ): Promise<Result<T, E | 'DURABILITY_UNAVAILABLE' | 'OUTCOME_UNKNOWN'>> {
    const untilMs = this.options.nowMs() + this.options.deadlineMs;
    if (!(await this.canPromise(choice))) return err('DURABILITY_UNAVAILABLE');
    const added = await add();
    if (!added.ok || (await this.reached(choice, added.value.replid, untilMs))) return added;
    return err('OUTCOME_UNKNOWN');
  }

  /** Ends its connection. */
  close(): void {
    void this.marks?.then((redis) => redis.disconnect()).catch(() => undefined);
  }

  /**
   * Whether what the Redis of this replication id answered is as durable as chosen, before `untilMs`. False: it may be
   * lost. Never rejects.
   */
  private async reached(
    choice: DurabilityChoice,
    replid: string,
    untilMs: number,
  ): Promise<boolean> {
    // What Redis has answered is in its memory, and with appendfsync always on its disk (D1).
    if (choice.kind !== 'replicas') return true;
    for (;;) {
      try {
        const durability = await this.replicas(choice.replicas);
        await durability.reached(replid);
        return true;
      } catch {
        // A replica that is slow may still come; another Redis in the place of that one fails to the end.
        if (this.options.nowMs() >= untilMs) return false;
      }
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }

  private async replicas(count: number): Promise<ReplicaDurability> {
    this.marks ??= this.options.open();
    const redis = await this.marks.catch((cause: unknown) => {
      this.marks = null;
      throw cause;
    });
    let durability = this.byReplicas.get(count);
    if (!durability) {
      durability = new ReplicaDurability(redis, count, this.options.timeoutMs);
      this.byReplicas.set(count, durability);
    }
    return durability;
  }
}

/** In the answer of CONFIG GET: names and values in turn. */
function isSet(settings: unknown, name: string, value: string): boolean {
  if (!Array.isArray(settings)) return false;
  const at = settings.indexOf(name);
  return at >= 0 && settings[at + 1] === value;
}
