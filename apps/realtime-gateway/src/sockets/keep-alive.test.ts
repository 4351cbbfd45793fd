/** Goal: every socket is pinged in its time, and ended when it does not answer; who answers stays. Method: a clock of its own. */
import { KeepAlive } from './keep-alive.js';

const TIMES = { pingIntervalMs: 1000, pongTimeoutMs: 500 };

describe('keeping sockets alive', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const clock = { monotonicMs: () => Date.now() };
  function socketOf(name: string, did: string[]) {
    return { ping: () => did.push(`ping ${name}`), terminate: () => did.push(`end ${name}`) };
  }

  it('pings after a pause, and ends the one that does not answer in time', () => {
    const did: string[] = [];
    const alive = new KeepAlive<ReturnType<typeof socketOf>>(TIMES, clock);
    const [here, gone] = [socketOf('here', did), socketOf('gone', did)];
    alive.heard(here);
    alive.heard(gone);
    jest.advanceTimersByTime(1000);
    expect(did.splice(0)).toEqual(['ping here', 'ping gone']);
    jest.advanceTimersByTime(400);
    alive.heard(here);
    jest.advanceTimersByTime(100);
    expect(did.splice(0)).toEqual(['end gone']);
    jest.advanceTimersByTime(900);
    expect(did).toEqual(['ping here']);
  });

  it('finds one that vanishes at any moment within the sum of both times', () => {
    for (const comesMs of [0, 10, 49, 50, 51, 600]) {
      const did: string[] = [];
      const alive = new KeepAlive<ReturnType<typeof socketOf>>(TIMES, clock);
      alive.heard(socketOf('other', did));
      jest.advanceTimersByTime(comesMs);
      alive.heard(socketOf('gone', did));
      jest.advanceTimersByTime(TIMES.pingIntervalMs + TIMES.pongTimeoutMs);
      expect(did).toContain('end gone');
    }
  });

  it('has nothing to do when all have closed', () => {
    const did: string[] = [];
    const alive = new KeepAlive<ReturnType<typeof socketOf>>(TIMES, clock);
    const socket = socketOf('closed', did);
    alive.heard(socket);
    alive.forget(socket);
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(10_000);
    expect(did).toEqual([]);
  });
});
