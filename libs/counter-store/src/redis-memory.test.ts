import type { Redis } from 'ioredis';
import { RedisMemory, isOutOfMemory, memoryUseIn, type MemoryLimits } from './redis-memory.js';

const info = (used: number, max: number, uncounted = 0): string =>
  `# Memory\r\nused_memory:${used}\r\nused_memory_human:1M\r\nmaxmemory:${max}\r\nmaxmemory_policy:noeviction\r\nmem_not_counted_for_evict:${uncounted}\r\n`;

const memoryAfter = async (said: string, limits: MemoryLimits): Promise<RedisMemory> => {
  const memory = new RedisMemory({ info: async () => said } as unknown as Redis, limits);
  await memory.look();
  return memory;
};

describe('the memory of Redis', () => {
  it('is what Redis holds against its limit', () => {
    expect(memoryUseIn(info(1000, 2000, 300))).toEqual({ used: 700, max: 2000 });
    expect(memoryUseIn('')).toEqual({ used: 0, max: 0 });
  });

  it.each([
    { what: 'is not full below the threshold', used: 899, max: 1000, bytesMax: null, full: false },
    { what: 'is full from the threshold on', used: 900, max: 1000, bytesMax: null, full: true },
    { what: 'is never full without a limit', used: 1e12, max: 0, bytesMax: null, full: false },
    { what: 'has the limit of the setting', used: 450, max: 0, bytesMax: 500, full: true },
    { what: 'has the lower of two limits', used: 450, max: 1000, bytesMax: 500, full: true },
    { what: 'has the lower one also of Redis', used: 900, max: 1000, bytesMax: 5000, full: true },
  ])('$what', async ({ used, max, bytesMax, full }) => {
    const memory = await memoryAfter(info(used, max), { bytesMax, percentMax: 90 });
    expect(memory.isFull).toBe(full);
    expect(memory.usedBytes).toBe(used);
  });

  it('stays as it was while Redis does not answer', async () => {
    const answers = [info(950, 1000)];
    const redis = { info: () => Promise.resolve(answers.pop() ?? Promise.reject(new Error())) };
    const memory = new RedisMemory(redis as unknown as Redis, { bytesMax: null, percentMax: 90 });
    await memory.look();
    await expect(memory.look()).rejects.toThrow();
    expect(memory.isFull).toBe(true);
  });

  it('is used up where Redis says so, and not where it is away', () => {
    expect(
      isOutOfMemory(new Error("OOM command not allowed when used memory > 'maxmemory'.")),
    ).toBe(true);
    expect(isOutOfMemory(new Error('Connection is closed.'))).toBe(false);
  });
});
