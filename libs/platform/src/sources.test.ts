import { systemClock, systemIds, systemRandom } from './sources.js';

describe('the sources of the machine', () => {
  it('tell a time that does not go back', () => {
    const first = systemClock.monotonicMs();
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(first);
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1_000);
  });

  it('give out ids of the shape asked for, each once', () => {
    const ids = Array.from({ length: 1_000 }, () => systemIds.instanceId());
    expect(new Set(ids).size).toBe(1_000);
    expect(systemIds.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    expect(systemIds.hex(7)).toMatch(/^[0-9a-f]{7}$/);
    expect(systemIds.hex(8)).toMatch(/^[0-9a-f]{8}$/);
    expect(systemIds.hex(20_001)).toMatch(/^[0-9a-f]{20001}$/);
    const drawn = Array.from({ length: 3_000 }, () => systemIds.hex(16));
    expect(new Set(drawn).size).toBe(3_000);
  });

  it('give random numbers from 0 up to 1', () => {
    const drawn = Array.from({ length: 1_000 }, () => systemRandom());
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
  });
});
