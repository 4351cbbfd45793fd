import { paceOf } from './pace.js';

const every = (ms: number, count: number): number[] =>
  Array.from({ length: count }, (_, place) => place * ms);

describe('paceOf', () => {
  it('finds a peak that is the mean where all is even', () => {
    expect(paceOf(every(10, 501))).toEqual({ events: 501, seconds: 5, mean: 100.2, peak: 100 });
  });

  it('finds the fullest second, wherever it begins and in whatever order it is told', () => {
    const times = [...every(100, 31), ...every(1, 40).map((ms) => 1730 + ms)].reverse();
    expect(paceOf(times).peak).toBe(50);
  });

  it('takes what lasted less than a second for a second', () => {
    expect(paceOf([5, 5, 7])).toEqual({ events: 3, seconds: 1, mean: 3, peak: 3 });
    expect(paceOf([])).toEqual({ events: 0, seconds: 1, mean: 0, peak: 0 });
  });
});
