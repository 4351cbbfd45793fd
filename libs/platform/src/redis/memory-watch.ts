import type { Redis } from 'ioredis';
import { RedisMemory } from '@headcount/counter-store';
import type { memorySettings } from '../config/memory-settings.js';
import type { ConfigOf } from '../config/setting.js';
import type { Readiness } from '../health/readiness.js';
import type { Metrics } from '../metrics/metrics.js';

/** How often Redis is asked, in milliseconds. */
const LOOK_MS = 1000;
/** How many percentage points below the limit operators are warned. */
const WARNED_BEFORE = 10;

export type MemoryConfig = ConfigOf<typeof memorySettings>;

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;

/**
 * Asks Redis once a second how much memory it uses, until `close`. `warn` is told where there is no limit, and when nothing new is made
 * from now on, and when again. Rejects with ioredis' errors where it cannot be asked at first.
 */
export async function watchMemory(
  redis: Redis,
  { REDIS_MEMORY_MAX, REDIS_MEMORY_PERCENT: percentMax }: MemoryConfig,
  warn: (sentence: string) => void,
): Promise<{ readonly memory: RedisMemory; readonly close: () => void }> {
  const memory = new RedisMemory(redis, { bytesMax: REDIS_MEMORY_MAX ?? null, percentMax });
  let wasFull = false;
  const look = async (): Promise<void> => {
    await memory.look();
    if (memory.isFull === wasFull) return;
    wasFull = memory.isFull;
    warn(wasFull ? `${useOf(memory)}: nothing new is made.` : `${useOf(memory)}: there is room.`);
  };
  await look();
  if (memory.maxBytes === 0)
    warn(
      'Redis has no maxmemory, so that it grows until the machine has no memory left. Set maxmemory in Redis, or REDIS_MEMORY_MAX.',
    );
  const looking = setInterval(() => void look().catch(() => undefined), LOOK_MS).unref();
  return { memory, close: () => clearInterval(looking) };
}

/** Shows operators how much there is, and warns them before nothing new is made. */
export function showMemory(
  memory: RedisMemory,
  { REDIS_MEMORY_PERCENT }: MemoryConfig,
  { metrics, readiness }: { readonly metrics: Metrics; readonly readiness: Readiness },
): void {
  readiness.addWarning('redis_memory', () => {
    const { usedBytes, maxBytes } = memory;
    const isNear = usedBytes * 100 >= maxBytes * (REDIS_MEMORY_PERCENT - WARNED_BEFORE);
    return maxBytes > 0 && isNear ? `${useOf(memory)}.` : null;
  });
  const gauges = {
    redis_memory_used_bytes: { help: 'Memory that Redis uses.', of: () => memory.usedBytes },
    redis_memory_max_bytes: {
      help: 'Memory that Redis may use; 0: as much as there is.',
      of: () => memory.maxBytes,
    },
    redis_memory_full: {
      help: '1 while nothing new is made, as Redis has no room for it.',
      of: () => (memory.isFull ? 1 : 0),
    },
  };
  for (const [name, { help, of }] of Object.entries(gauges))
    metrics.gauge({
      ...{ name, help },
      collect() {
        this.set(of());
      },
    });
}

function useOf({ usedBytes, maxBytes }: RedisMemory): string {
  return `Redis uses ${mebibytes(usedBytes)} of ${mebibytes(maxBytes)}`;
}
