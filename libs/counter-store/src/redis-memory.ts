/**
 * How much memory Redis uses, and whether it has room for anything new. Beyond its `maxmemory` Redis refuses every write; some way
 * before that what would be new is refused, so that what is there goes on counting.
 *
 * M1  what is said is that of the last answer of Redis; while it does not answer nothing changes.
 */
import type { Redis } from 'ioredis';

/** Bounds of the memory that may be used. */
export interface MemoryLimits {
  /** In bytes; null: what Redis itself has as `maxmemory`. Of two limits the lower one holds. */
  readonly bytesMax: number | null;
  /** From how many hundredths of the limit on nothing new is made. */
  readonly percentMax: number;
}

/** What INFO says of memory, in bytes. */
export interface MemoryUse {
  readonly used: number;
  /** 0: there is no limit. */
  readonly max: number;
}

/** What INFO memory tells. What Redis does not hold against its limit is not used. */
export function memoryUseIn(info: string): MemoryUse {
  const bytes = (field: string): number =>
    Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const used = bytes('used_memory') - bytes('mem_not_counted_for_evict');
  return { used: Math.max(0, used), max: bytes('maxmemory') };
}

/** Whether Redis has refused a write because its memory is used up; then nothing of it was made. */
export function isOutOfMemory(cause: unknown): boolean {
  return cause instanceof Error && cause.message.includes('OOM command not allowed');
}

/** One a process. */
export class RedisMemory {
  private use: MemoryUse = { used: 0, max: 0 };

  constructor(
    private readonly redis: Redis,
    private readonly limits: MemoryLimits,
  ) {}

  /** Asks Redis. Rejects with ioredis' errors. */
  async look(): Promise<void> {
    this.use = memoryUseIn(await this.redis.info('memory'));
  }

  get usedBytes(): number {
    return this.use.used;
  }

  /** The limit in bytes; 0: there is none. */
  get maxBytes(): number {
    const { bytesMax } = this.limits;
    const { max } = this.use;
    if (bytesMax === null || max === 0) return bytesMax ?? max;
    return Math.min(bytesMax, max);
  }

  /** Whether nothing new is made for now. */
  get isFull(): boolean {
    const { maxBytes } = this;
    return maxBytes > 0 && this.use.used * 100 >= maxBytes * this.limits.percentMax;
  }
}
