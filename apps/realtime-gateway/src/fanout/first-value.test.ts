import { VIEWERS, type CounterValue, type PageId } from '@headcount/protocol';
import { FirstValue } from './first-value.js';

const value = (count: number): CounterValue => ({
  pageId: '/' as PageId,
  name: VIEWERS,
  count,
  connections: count,
  updatedAtMs: null,
  incarnation: '',
  rev: count,
  staleRegions: [],
});

function gate(leastCount: number): { first: FirstValue<CounterValue>; shown: number[] } {
  const shown: number[] = [];
  const first = new FirstValue<CounterValue>(
    ({ count }) => count >= leastCount,
    ({ count }) => shown.push(count),
  );
  return { first, shown };
}

describe('FirstValue', () => {
  it('holds back counts that cannot include the viewers who are here', () => {
    const { first, shown } = gate(2);
    for (const count of [0, 1, 2]) first.offer(value(count));
    expect(shown).toEqual([2]);
  });

  it('shows every count after the first, lower ones too', () => {
    const { first, shown } = gate(2);
    for (const count of [3, 1, 0]) first.offer(value(count));
    expect(shown).toEqual([3, 1, 0]);
  });

  it('shows the latest that is known when waiting ends, and what comes after', () => {
    const { first, shown } = gate(5);
    for (const count of [0, 1]) first.offer(value(count));
    first.giveUp();
    first.offer(value(2));
    expect(shown).toEqual([1, 2]);
  });

  it('shows the first that becomes known after waiting has ended with nothing', () => {
    const { first, shown } = gate(5);
    first.giveUp();
    first.giveUp();
    first.offer(value(1));
    expect(shown).toEqual([1]);
  });
});
