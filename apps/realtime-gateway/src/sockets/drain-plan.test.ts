import { drainAll, dueBy } from './drain-plan.js';

const DRAIN_MS = 3000;

describe('dueBy', () => {
  it('spreads many evenly over all the time there is', () => {
    for (const count of [1000, 5000, 99_999]) {
      const quarters = [0, 750, 1500, 2250, 3000].map((ms) => dueBy(count, ms, DRAIN_MS));
      expect(quarters).toEqual([0, 0.25, 0.5, 0.75, 1].map((part) => Math.ceil(count * part)));
    }
  });

  it('is done with few after five milliseconds each', () => {
    expect(dueBy(7, 34, DRAIN_MS)).toBe(7);
    expect([0, 500, 1000].map((ms) => dueBy(200, ms, DRAIN_MS))).toEqual([0, 100, 200]);
  });

  it('never takes back, and ends with all of them, however late it is asked', () => {
    let before = 0;
    for (let ms = 0; ms <= DRAIN_MS; ms += 7) {
      const due = dueBy(12_345, ms, DRAIN_MS);
      expect(due).toBeGreaterThanOrEqual(before);
      before = due;
    }
    expect(dueBy(12_345, 10 * DRAIN_MS, DRAIN_MS)).toBe(12_345);
  });

  it('sends all away at once where there is no time', () => {
    expect(dueBy(5000, 0, 0)).toBe(5000);
    expect(dueBy(0, 0, DRAIN_MS)).toBe(0);
  });
});

describe('drainAll', () => {
  it('ends each once, in turn, and cuts those that do not go', async () => {
    const open = new Set([1, 2, 3, 4]);
    const [ended, cut]: [number[], number[]] = [[], []];
    await drainAll(open, {
      spreadMs: 10,
      end: (one) => {
        ended.push(one);
        if (one !== 3) open.delete(one);
      },
      cut: (one) => cut.push(one),
    });
    expect([ended, cut]).toEqual([[1, 2, 3, 4], [3]]);
  });

  it('has nothing to wait for where nobody is there', async () => {
    const never = (): never => {
      throw new Error('nobody is there');
    };
    await drainAll(new Set(), { spreadMs: 1_000_000, end: never, cut: never });
  });
});
