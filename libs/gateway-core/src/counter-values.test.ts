import { VIEWERS, type CounterName, type CounterValue, type PageId } from '@headcount/protocol';
import { CounterValues } from './counter-values.js';

const EARLIER = '0'.repeat(19) + '1';
const LATER = '0'.repeat(19) + '2';

/** A value of one bucket: all pages share it where there is but one. */
function value(page: string, count: number, rev: number, incarnation = EARLIER): CounterValue {
  return {
    pageId: page as PageId,
    name: VIEWERS,
    count,
    connections: count,
    updatedAtMs: null,
    incarnation,
    rev,
    staleRegions: [],
  };
}

describe('CounterValues', () => {
  it('replaces a value only by one of a higher version (V1)', () => {
    const values = new CounterValues(1);
    expect(values.take(value('/', 2, 7))).not.toBe('stale');
    expect(values.take(value('/', 3, 7))).toBe('stale');
    expect(values.take(value('/', 1, 6))).toBe('stale');
    expect(values.get(value('/', 0, 0))?.count).toBe(2);
    expect(values.take(value('/', 3, 8))).toBe('news');
    expect(values.get(value('/', 0, 0))?.count).toBe(3);
  });

  it('keeps versions a counter, not a bucket', () => {
    const values = new CounterValues(1);
    values.take(value('/a', 1, 9));
    expect(values.take(value('/b', 1, 3))).toBe('news');
  });

  it('holds values of an ended incarnation for unknown (V2)', () => {
    const values = new CounterValues(1);
    values.take(value('/a', 5, 9));
    values.take(value('/b', 6, 9));
    expect(values.take(value('/a', 1, 2, LATER))).toBe('reborn');
    expect(values.get(value('/b', 0, 0))).toBeUndefined();
    expect(values.take(value('/b', 6, 10))).toBe('stale');
    expect(values.take(value('/b', 0, 2, LATER))).toBe('news');
    expect(values.get(value('/b', 0, 0))?.count).toBe(0);
  });

  it('remembers the highest position of a bucket when its values are forgotten (V3)', () => {
    const values = new CounterValues(1);
    values.take(value('/a', 5, 9));
    values.take(value('/b', 5, 4));
    values.forget(value('/a', 0, 0));
    values.forget(value('/b', 0, 0));
    expect(values.size).toBe(0);
    expect(values.positionOf(0)).toEqual({ incarnation: EARLIER, seq: 0, rev: 9 });
  });

  it('tells counters of one page apart', () => {
    const values = new CounterValues(1);
    values.take({ ...value('/a', 5, 9), name: 'likes' as CounterName });
    expect(values.get(value('/a', 0, 0))).toBeUndefined();
  });
});
