import { trendReach } from './trend-window.js';

describe('a window of trending', () => {
  it.each([
    [1, 1],
    [10, 1],
    [11, 2],
    [120, 12],
    [121, 15],
    [300, 30],
    [301, 36],
    [900, 90],
    [901, 120],
    [3600, 360],
  ])('of %i seconds has %i slots before the present one', (seconds, reach) => {
    expect(trendReach(seconds)).toBe(reach);
  });

  it('is never shorter than was asked for, and there are few of them', () => {
    const seconds = Array.from({ length: 3600 }, (_, at) => at + 1);
    const reaches = seconds.map(trendReach);
    expect(seconds.filter((asked, at) => 10 * (reaches[at] ?? 0) < asked)).toEqual([]);
    expect(new Set(reaches).size).toBe(37);
  });

  it.each([0, 3601])('of %i seconds is none', (seconds) => {
    expect(() => trendReach(seconds)).toThrow('no window');
  });
});
