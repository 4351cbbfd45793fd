import { whenExpired } from './expiry.js';

describe('whenExpired', () => {
  beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => jest.useRealTimers());
  const clock = { nowMs: () => Date.now() };

  it('acts at the end, also when that is months away', () => {
    const act = jest.fn();
    const monthsMs = 90 * 24 * 3_600_000;
    whenExpired({ expiresAtMs: Date.now() + monthsMs, toleranceMs: 5000 }, clock, act);
    jest.advanceTimersByTime(monthsMs - 1);
    expect(act).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it('acts at the end of the tolerance where the token had ended already', () => {
    const act = jest.fn();
    whenExpired({ expiresAtMs: Date.now() - 2000, toleranceMs: 5000 }, clock, act);
    jest.advanceTimersByTime(2999);
    expect(act).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it('does not act where it was called off, or there is no end', () => {
    const act = jest.fn();
    whenExpired({ expiresAtMs: Date.now() + 1000, toleranceMs: 0 }, clock, act)();
    whenExpired({ expiresAtMs: null, toleranceMs: 0 }, clock, act);
    jest.advanceTimersByTime(10_000);
    expect(act).not.toHaveBeenCalled();
  });
});
