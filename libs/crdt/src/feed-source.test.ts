import { AssertionError } from './assert.js';
import { FeedSource } from './feed-source.js';

const sourceOf = (...changes: readonly [string, number][]): FeedSource<number> => {
  const source = new FeedSource<number>((value) => value === 0);
  for (const [key, value] of changes) source.set(key, value);
  return source;
};

describe('FeedSource', () => {
  it('begins settled at version 0, with nothing to send', () => {
    const source = sourceOf();
    expect([source.version, source.acknowledged, source.size, source.settled]).toEqual([
      0,
      0,
      0,
      true,
    ]);
    expect(source.pending()).toBeNull();
    expect(source.whole()).toEqual({ from: null, to: 0, entries: [] });
  });

  it('counts every change, one that repeats a value too', () => {
    const source = sourceOf(['home', 1], ['home', 1]);
    expect(source.version).toBe(2);
    expect(source.size).toBe(1);
    expect(source.settled).toBe(false);
  });

  it('sends each changed key once, with its last value, in rising version', () => {
    const source = sourceOf(['home', 1], ['news', 1], ['home', 2]);
    expect(source.pending()).toEqual({
      from: 0,
      to: 3,
      entries: [
        { key: 'news', value: 1, version: 2 },
        { key: 'home', value: 2, version: 3 },
      ],
    });
  });

  it('sends only what the receiver does not have', () => {
    const source = sourceOf(['home', 1], ['news', 1]);
    source.acknowledge(1);
    const entries = [{ key: 'news', value: 1, version: 2 }];
    expect(source.pending()).toEqual({ from: 1, to: 2, entries });
    source.acknowledge(2);
    expect(source.pending()).toBeNull();
    expect(source.settled).toBe(true);
  });

  it('sends the same again until it is acknowledged', () => {
    const source = sourceOf(['home', 1]);
    expect(source.pending()).toEqual(source.pending());
    expect(source.acknowledged).toBe(0);
  });

  it('tells of a zero until it has arrived, and forgets it then', () => {
    const source = sourceOf(['home', 1], ['home', 0]);
    expect(source.pending()).toMatchObject({ entries: [{ key: 'home', value: 0, version: 2 }] });
    source.acknowledge(1);
    expect(source.size).toBe(1);
    source.acknowledge(2);
    expect(source.size).toBe(0);
  });

  it('keeps a key whose zero was overwritten before it arrived', () => {
    const source = sourceOf(['home', 1], ['home', 0], ['home', 3]);
    source.acknowledge(3);
    expect(source.whole().entries).toEqual([{ key: 'home', value: 3, version: 3 }]);
  });

  it('leaves zeros out of whole state', () => {
    const source = sourceOf(['home', 1], ['news', 0]);
    expect(source.whole()).toEqual({
      from: null,
      to: 2,
      entries: [{ key: 'home', value: 1, version: 1 }],
    });
  });

  it('offers only whole state to a receiver that has forgotten what came before a dropped zero', () => {
    const source = sourceOf(['home', 1], ['home', 0], ['news', 1]);
    source.acknowledge(3);
    source.acknowledge(1);
    const entries = [{ key: 'news', value: 1, version: 3 }];
    expect(source.since(1)).toBeNull();
    expect(source.pending()).toEqual({ from: null, to: 3, entries });
  });

  it('offers an interval again to a receiver that has forgotten less than the last dropped zero', () => {
    const source = sourceOf(['home', 1], ['home', 0], ['news', 1]);
    source.acknowledge(3);
    source.acknowledge(2);
    expect(source.pending()).toMatchObject({ from: 2, to: 3 });
  });

  it('offers no interval from where it stands or beyond', () => {
    const source = sourceOf(['home', 1]);
    expect(source.since(1)).toBeNull();
    expect(source.since(2)).toBeNull();
  });

  it.each([-1, 2])('refuses by assertion a version that was never given out: %d', (stored) => {
    expect(() => sourceOf(['home', 1]).acknowledge(stored)).toThrow(AssertionError);
  });
});
