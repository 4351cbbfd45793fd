import { VirtualClock } from '@headcount/testing';
import { Stop } from './stop.js';

describe('stop', () => {
  const time = new VirtualClock();
  const sleep = (ms: number) => new Promise<void>((done) => void time.setTimeout(done, ms));

  it('lets sleep who sleeps until it is pulled, and then wakes all of them', async () => {
    const stop = new Stop();
    const woken: number[] = [];
    for (const ms of [10, 1000, 2000]) void stop.orSleep(sleep(ms)).then(() => woken.push(ms));
    await time.advanceAsync(9);
    expect(woken).toEqual([]);
    await time.advanceAsync(1);
    expect(woken).toEqual([10]);
    stop.now();
    await time.advanceAsync(0);
    expect([woken, stop.isPulled]).toEqual([[10, 1000, 2000], true]);
  });

  it('lets nobody sleep any more once it is pulled', async () => {
    const stop = new Stop();
    stop.now();
    stop.now();
    await stop.orSleep(sleep(1000));
    expect(stop.isPulled).toBe(true);
  });
});
