import { MessageRate } from './message-rate.js';

describe('MessageRate', () => {
  it('admits a burst of twice what a second holds, then as many as time gives', () => {
    const rate = new MessageRate(10, 0);
    const admitted = (nowMs: number, tries: number): number =>
      Array.from({ length: tries }, () => rate.admits(nowMs, 10)).filter(Boolean).length;
    expect(admitted(0, 20)).toBe(20);
    expect(rate.admits(0, 10)).toBe(false);
    expect(admitted(1000, 5)).toBe(5);
  });

  it('never saves up more than that burst', () => {
    const rate = new MessageRate(10, 0);
    const admitted = Array.from({ length: 100 }, () => rate.admits(3_600_000, 10)).filter(Boolean);
    expect(admitted).toHaveLength(20);
  });

  it('takes a large message for as many as it has begun KiB', () => {
    const rate = new MessageRate(10, 0);
    expect([4096, 4097, 11_000].map((bytes) => rate.admits(0, bytes))).toEqual([true, true, true]);
    expect([1024, 0].map((bytes) => rate.admits(0, bytes))).toEqual([true, false]);
  });

  it('takes an operation for as many messages as its cost says, its own being one of them', () => {
    const rate = new MessageRate(10, 0);
    const begin = (cost: number): boolean => rate.admits(0, 10) && rate.admitsCost(0, cost);
    expect([20, 250, 251, 2500].map(begin)).toEqual([true, true, true, true]);
    // 1 + 1 + 2 + 10 of 20 are gone.
    expect([1500, 1].map(begin)).toEqual([true, false]);
  });

  it('admits an operation of any cost that is allowed to a socket that is silent otherwise', () => {
    const rate = new MessageRate(1, 0);
    expect(rate.admits(0, 10) && rate.admitsCost(0, 25_000)).toBe(true);
  });

  it('admits a message of any size to a socket that is silent otherwise', () => {
    expect(new MessageRate(1, 0).admits(0, 1_000_000)).toBe(true);
  });
});
