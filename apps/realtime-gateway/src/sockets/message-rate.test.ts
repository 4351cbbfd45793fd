import { MessageRate } from './message-rate.js';

const rateOf = (perSecond: number, operationsMax = 0) =>
  new MessageRate({ perSecond, operationsMax }, 0);

describe('MessageRate', () => {
  it('admits a burst of twice what a second holds and its operations, then as many as time gives', () => {
    const rate = rateOf(10, 30);
    const admitted = (nowMs: number, tries: number): number =>
      Array.from({ length: tries }, () => rate.admits(nowMs, 10)).filter(Boolean).length;
    expect(admitted(0, 50)).toBe(50);
    expect(rate.admits(0, 10)).toBe(false);
    expect(admitted(1000, 5)).toBe(5);
  });

  it('never saves up more than that burst', () => {
    const rate = rateOf(10, 5);
    const admitted = Array.from({ length: 100 }, () => rate.admits(3_600_000, 10)).filter(Boolean);
    expect(admitted).toHaveLength(25);
  });

  it('takes a large message for as many as it has begun KiB', () => {
    const rate = rateOf(10);
    expect([4096, 4097, 11_000].map((bytes) => rate.admits(0, bytes))).toEqual([true, true, true]);
    expect([1024, 0].map((bytes) => rate.admits(0, bytes))).toEqual([true, false]);
  });

  it('admits operations that cost twice what a second holds, however many they are', () => {
    const rate = rateOf(10, 1000);
    const begin = (cost: number): boolean => rate.admits(0, 10) && rate.admitsCost(0, cost);
    expect(Array.from({ length: 250 }, () => begin(12)).every(Boolean)).toBe(true);
    expect([1999, 1, 1].map(begin)).toEqual([true, true, false]);
    expect(rate.admitsCost(1000, 2400)).toBe(true);
  });

  it('charges nothing for a message that is given back', () => {
    const rate = rateOf(1);
    for (let n = 0; n < 100; n += 1) {
      expect(rate.admits(0, 10)).toBe(true);
      rate.giveBack();
    }
  });

  it('admits an operation of any cost that is allowed to a socket that is silent otherwise', () => {
    const rate = rateOf(1);
    expect(rate.admits(0, 10) && rate.admitsCost(0, 25_000)).toBe(true);
  });

  it('admits a message of any size to a socket that is silent otherwise', () => {
    expect(rateOf(1).admits(0, 1_000_000)).toBe(true);
  });
});
