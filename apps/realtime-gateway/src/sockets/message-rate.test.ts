import { MessageRate } from './message-rate.js';

describe('MessageRate', () => {
  it('admits a burst of twice what a second holds, then as many as time gives', () => {
    const rate = new MessageRate(10, 0);
    const admitted = (nowMs: number, tries: number): number =>
      Array.from({ length: tries }, () => rate.admits(nowMs)).filter(Boolean).length;
    expect(admitted(0, 20)).toBe(20);
    expect(rate.admits(0)).toBe(false);
    expect(admitted(1000, 5)).toBe(5);
  });

  it('never saves up more than that burst', () => {
    const rate = new MessageRate(10, 0);
    const admitted = Array.from({ length: 100 }, () => rate.admits(3_600_000)).filter(Boolean);
    expect(admitted).toHaveLength(20);
  });
});
