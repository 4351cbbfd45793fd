import { LatestIterator } from './latest-iterator.js';

describe('LatestIterator', () => {
  it('gives a slow reader the newest value only', async () => {
    const iterator = new LatestIterator<number>(() => undefined);
    for (const value of [1, 2, 3]) iterator.push(value);
    expect(await iterator.next()).toEqual({ value: 3, done: false });
  });

  it('gives a waiting reader the next value at once', async () => {
    const iterator = new LatestIterator<number>(() => undefined);
    const next = iterator.next();
    iterator.push(1);
    expect(await next).toEqual({ value: 1, done: false });
  });

  it('lets a waiting reader go when it ends, and runs `ended` once', async () => {
    const ended = jest.fn();
    const iterator = new LatestIterator<number>(ended);
    const next = iterator.next();
    await iterator.return();
    iterator.end();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('gives nothing after its end, not even what waited', async () => {
    const iterator = new LatestIterator<number>(() => undefined);
    iterator.push(1);
    iterator.end();
    iterator.push(2);
    expect(await iterator.next()).toEqual({ value: undefined, done: true });
  });

  it('ends when its reader throws into it', async () => {
    const ended = jest.fn();
    const iterator = new LatestIterator<number>(ended);
    await expect(iterator.throw(new Error('gone'))).rejects.toThrow('gone');
    expect(ended).toHaveBeenCalledTimes(1);
  });
});
