import { VirtualClock } from '@headcount/testing';
import { ChangeClock } from './change-clock.js';

const EARLY = '0'.repeat(19) + '1';
const LATE = '0'.repeat(19) + '2';
const at = (rev: number, incarnation = EARLY) => ({ incarnation, rev });

describe('change clock', () => {
  const time = new VirtualClock();
  const timers = {
    nowMs: time.nowMs,
    sleep: (ms: number) => new Promise<void>((done) => void time.setTimeout(done, ms)),
    random: () => 0.5,
  };
  let clock: ChangeClock;
  beforeEach(() => (clock = new ChangeClock()));

  it('tells each bucket that has changed since, once and where it stands now', () => {
    clock.note(7, at(1));
    const { clock: seen } = clock.since(0, 10);
    clock.note(8, at(1));
    clock.note(7, at(2));
    clock.note(7, at(3));
    expect(clock.since(seen, 10).positions).toEqual([
      [8, EARLY, 1],
      [7, EARLY, 3],
    ]);
  });

  it('holds what is not later for no news', () => {
    clock.note(7, at(5, LATE));
    const { clock: seen } = clock.since(0, 10);
    clock.note(7, at(5, LATE));
    clock.note(7, at(4, LATE));
    clock.note(7, at(9));
    clock.note(8, at(0, ''));
    expect(clock.since(seen, 10).positions).toEqual([]);
    clock.note(7, at(0, '0'.repeat(19) + '3'));
    expect(clock.since(seen, 10).positions).toHaveLength(1);
  });

  it('tells in pages that leave out nothing, those that changed first', () => {
    for (let bucket = 0; bucket < 5; bucket += 1) clock.note(bucket, at(1));
    const told: number[] = [];
    let seen = 0;
    for (let page = 0; page < 3; page += 1) {
      const answer = clock.since(seen, 2);
      told.push(...answer.positions.map(([bucket]) => bucket));
      seen = answer.clock;
    }
    expect(told).toEqual([0, 1, 2, 3, 4]);
    expect(clock.since(seen, 2).positions).toEqual([]);
  });

  it('lets who waits go with the first news, and when his time is over', async () => {
    let woken = '';
    void clock.beyond(0, 2000, timers).then(() => (woken += 'news '));
    await time.advanceAsync(100);
    expect(woken).toBe('');
    clock.note(7, at(1));
    await time.advanceAsync(0);
    expect(woken).toBe('news ');
    void clock.beyond(1, 2000, timers).then(() => (woken += 'late'));
    await time.advanceAsync(1999);
    expect(woken).toBe('news ');
    await time.advanceAsync(1);
    expect(woken).toBe('news late');
  });

  it('lets nobody wait for what is there', async () => {
    clock.note(7, at(1));
    await clock.beyond(0, 2000, timers);
  });
});
