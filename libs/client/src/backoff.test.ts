import { BACKOFF_MS_MAX, backoffMs } from './backoff.js';

describe('backoffMs', () => {
  it('doubles with every failed attempt, up to its limit', () => {
    const pauses = [0, 1, 2, 3, 40].map((failed) => backoffMs(failed, 1));
    expect(pauses).toEqual([500, 1000, 2000, 4000, BACKOFF_MS_MAX]);
  });

  it('is spread by chance over its upper half', () => {
    expect(backoffMs(1, 0)).toBe(500);
    expect(backoffMs(1, 0.5)).toBe(750);
  });
});
