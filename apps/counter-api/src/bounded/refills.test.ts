/** Refills against peers and a store that answer as the test says; time passes only while somebody sleeps. */
import type { QuotaRead } from '@headcount/counter-store';
import type { CounterName, PageId } from '@headcount/protocol';
import { Refills } from './refills.js';

const CARS = { pageId: 'cars' as PageId, name: 'available' as CounterName };

/** What peers have, and what is known here; what they give arrives after `lagMs`. */
function world(peers: Record<string, number | null>, more: Partial<QuotaRead> = {}, lagMs = 100) {
  let quota: QuotaRead = {
    ...{ total: 10, isRegained: true, received: 0, here: 0 },
    elsewhere: new Map(Object.entries(peers).map(([peer, rights]) => [peer, rights ?? 0])),
    ...more,
  };
  let nowMs = 0;
  const events: { readonly atMs: number; readonly happen: () => void }[] = [];
  const asked: (readonly [peer: string, wanted: number])[] = [];
  const parts = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
      for (const { atMs, happen } of events) if (atMs <= nowMs) happen();
      await Promise.resolve();
    },
    read: () => Promise.resolve(quota),
    peers: () => Object.keys(peers),
    ask: (peer: string, _counter: unknown, wanted: number, timeoutMs: number) => {
      asked.push([peer, wanted]);
      const rights = peers[peer] ?? null;
      if (rights === null) {
        nowMs += timeoutMs;
        return Promise.resolve(null);
      }
      const given = Math.min(rights, wanted);
      peers[peer] = rights - given;
      let isHere = false;
      const happen = () => {
        if (!isHere)
          quota = { ...quota, received: quota.received + given, here: quota.here + given };
        isHere = true;
      };
      events.push({ atMs: nowMs + lagMs, happen });
      return Promise.resolve({ given, left: rights - given });
    },
    onAsked: () => undefined,
  };
  return {
    refills: new Refills(parts),
    asked,
    parts,
    now: () => nowMs,
    quota: () => quota,
    at: (atMs: number, to: Partial<QuotaRead>) =>
      events.push({ atMs, happen: () => (quota = { ...quota, ...to }) }),
  };
}

describe('refills', () => {
  it('ask whoever has most first, and others for what is still missing, and wait until it is here', async () => {
    const { refills, asked, quota, now } = world({ ams: 3, fra: 5, sin: 9 }, { here: -1 });
    expect(await refills.fill(CARS, 12, 5000)).toBe('more');
    expect(asked).toEqual([
      ['sin', 13],
      ['fra', 4],
    ]);
    expect([quota().here, now()]).toEqual([12, 100]);
  });

  it('are one for all who ask at the same time', async () => {
    const { refills, asked } = world({ fra: 50 });
    const all = [3, 4, 5].map((wanted) => refills.fill(CARS, wanted, 5000));
    expect(await Promise.all(all)).toEqual(['more', 'more', 'more']);
    expect(asked).toEqual([['fra', 12]]);
    await refills.fill(CARS, 20, 5000);
    expect(asked).toEqual([
      ['fra', 12],
      ['fra', 8],
    ]);
  });

  it('say that there is nothing where nobody gives, or can be asked, and wait no longer than they may', async () => {
    const away = world({ ams: null, fra: 0 });
    expect(await away.refills.fill(CARS, 1, 5000)).toBe('none');
    expect(away.now()).toBe(1500 + 1000);
    const late = world({ ams: null, fra: null, sin: null });
    expect(await late.refills.fill(CARS, 1, 2000)).toBe('none');
    expect([late.asked.length, late.now()]).toEqual([2, 2000]);
  });

  it('try again as soon as it is heard that the rest was sold, or when a peer has yet to regain its own', async () => {
    const sold = world({ fra: 0 });
    sold.at(200, { total: 0 });
    expect(await sold.refills.fill(CARS, 1, 5000)).toBe('more');
    expect(sold.now()).toBe(200);
    const reborn = world({ fra: 0 });
    reborn.parts.ask = () => Promise.resolve({ given: 0, left: 7 });
    expect(await reborn.refills.fill(CARS, 1, 5000)).toBe('more');
    expect(reborn.now()).toBe(100);
  });

  it('ask nobody before the own region has regained what it had forgotten', async () => {
    const reborn = world({ fra: 9 }, { isRegained: false });
    reborn.at(60, { isRegained: true });
    expect(await reborn.refills.fill(CARS, 1, 5000)).toBe('more');
    expect([reborn.asked.length, reborn.now()]).toEqual([0, 60]);
    const never = world({ fra: 9 }, { isRegained: false });
    expect(await never.refills.fill(CARS, 1, 500)).toBe('more');
    expect(never.now()).toBe(500);
  });

  it('pass on that the own store is away, and begin anew after it', async () => {
    const { refills, parts } = world({ fra: 9 });
    const { read } = parts;
    parts.read = () => Promise.reject(new Error('away'));
    await expect(refills.fill(CARS, 1, 5000)).rejects.toThrow('away');
    parts.read = read;
    expect(await refills.fill(CARS, 1, 5000)).toBe('more');
  });
});
