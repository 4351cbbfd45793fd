import { VirtualClock } from './virtual-clock.js';

describe('VirtualClock', () => {
  it('stands still until it is advanced', () => {
    const clock = new VirtualClock(1000);
    const act = jest.fn();
    clock.setTimeout(act, 10);
    clock.advance(9);
    expect(act).not.toHaveBeenCalled();
    expect(clock.nowMs()).toBe(1009);
    clock.advance(1);
    expect(act).toHaveBeenCalledTimes(1);
    expect(clock.pending).toBe(0);
  });

  it('fires in the order of times, then of setting, each at its own time', () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${clock.nowMs()}`);
    clock.setTimeout(note('late'), 20);
    clock.setTimeout(note('first'), 10);
    clock.setTimeout(note('second'), 10);
    clock.setTimeout(() => clock.setTimeout(note('nested'), 5), 10);
    clock.advance(100);
    expect(seen).toEqual(['first@10', 'second@10', 'nested@15', 'late@20']);
    expect(clock.nowMs()).toBe(100);
  });

  it('repeats an interval until it is cleared, by itself too', () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const id = clock.setInterval(() => {
      times.push(clock.nowMs());
      if (times.length === 3) clock.clear(id);
    }, 10);
    clock.advance(1000);
    expect(times).toEqual([10, 20, 30]);
    expect(() => clock.setInterval(() => undefined, 0)).toThrow('must be above 0');
  });

  it('does not fire what was cleared', () => {
    const clock = new VirtualClock();
    const act = jest.fn();
    clock.clear(clock.setTimeout(act, 1));
    clock.advance(10);
    expect(act).not.toHaveBeenCalled();
  });

  it('throws instead of hanging where timers set each other without end', () => {
    const clock = new VirtualClock();
    const again = (): void => {
      clock.setTimeout(again, 0);
    };
    again();
    expect(() => clock.advance(1)).toThrow('Timers keep firing at 0 ms');
  });

  it('lets promises react between timers when it is advanced asynchronously', async () => {
    const clock = new VirtualClock();
    const wait = (ms: number): Promise<void> =>
      new Promise((resolve) => clock.setTimeout(resolve, ms));
    const times: number[] = [];
    const worker = (async () => {
      for (let round = 0; round < 3; round += 1) {
        await wait(10);
        times.push(clock.nowMs());
      }
    })();
    await clock.advanceAsync(100);
    await worker;
    expect(times).toEqual([10, 20, 30]);
  });
});
