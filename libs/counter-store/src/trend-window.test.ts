import { TRENDING_WINDOWS } from '@headcount/protocol';
import { trendReach } from './trend-window.js';

describe('a window of trending', () => {
  it.each([
    [1, 1],
    [10, 1],
    [11, 3],
    [120, 12],
    [121, 30],
    [300, 30],
    [301, 60],
    [901, 180],
    [3600, 360],
  ])('of %i seconds has %i slots before the present one', (seconds, reach) => {
    expect(trendReach(seconds)).toBe(reach);
  });

  it('is made of whole slots', () => {
    expect(TRENDING_WINDOWS.map(trendReach)).toEqual([1, 3, 6, 12, 30, 60, 180, 360]);
  });

  it.each([0, 3601])('of %i seconds does not exist', (seconds) => {
    expect(() => trendReach(seconds)).toThrow('no window');
  });
});
