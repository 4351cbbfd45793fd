import { Throttle } from './throttle.js';

describe('Throttle', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());
  const clock = { monotonicMs: () => performance.now() };

  function throttled(pauseMs: () => number): { throttle: Throttle<number>; given: number[] } {
    const given: number[] = [];
    return {
      throttle: new Throttle(clock, { pauseMs, give: (value) => given.push(value) }),
      given,
    };
  }

  it('lets the first value through at once, then the latest after each pause', () => {
    const { throttle, given } = throttled(() => 100);
    for (const value of [1, 2, 3]) throttle.offer(value);
    expect(given).toEqual([1]);
    jest.advanceTimersByTime(100);
    expect(given).toEqual([1, 3]);
    jest.advanceTimersByTime(100);
    throttle.offer(4);
    expect(given).toEqual([1, 3, 4]);
  });

  it('asks for the pause anew', () => {
    let pauseMs = 100;
    const { throttle, given } = throttled(() => pauseMs);
    throttle.offer(1);
    pauseMs = 0;
    throttle.offer(2);
    expect(given).toEqual([1, 2]);
  });

  it('gives nothing once it is closed', () => {
    const { throttle, given } = throttled(() => 100);
    throttle.offer(1);
    throttle.offer(2);
    throttle.close();
    jest.advanceTimersByTime(1000);
    expect(given).toEqual([1]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
