/** Waiting requests against a bucket that the test follows: how many there are, and how they end. */
import type { Metrics } from '@headcount/platform';
import type { CounterValue } from '@headcount/protocol';
import type { Watcher } from '@headcount/replication';
import type { CounterApiConfig } from '../settings.js';
import type { WatchService } from '../watch/watch.service.js';
import { etagOf } from './counter-document.js';
import { CounterWaits, WAITS_MAX } from './counter-waits.js';
import type { CountersService } from './counters.service.js';
import { counterRef } from './input.js';

const LIKES = counterRef('home', 'likes');
const OF_CALLER = 400;
const FOREVER = { caller: 'viewer ann', ms: 60_000, onClose: () => undefined };

function harness() {
  let count = 0;
  const watchers = new Set<Watcher>();
  const shown = (): CounterValue => ({
    ...{ ...LIKES, count, connections: 0, updatedAtMs: null },
    ...{ incarnation: 'i', rev: 1, staleRegions: [] },
  });
  const follower = {
    watch: async (watcher: Watcher) => void watchers.add(watcher),
    unwatch: (watcher: Watcher) => void watchers.delete(watcher),
  };
  const followers = {
    join: (_: number, register: (one: typeof follower) => Promise<unknown>) => register(follower),
  };
  const waits = new CounterWaits(
    { read: async () => shown() } as unknown as CountersService,
    { followers } as unknown as WatchService,
    { BUCKETS: 1, WAITS_PER_CALLER_MAX: OF_CALLER } as CounterApiConfig,
    { gauge: () => undefined } as unknown as Metrics,
  );
  const show = (next: number): void => {
    count = next;
    for (const watcher of watchers) watcher.offer({} as never);
  };
  return { waits, watchers, show, etag: etagOf(shown()) };
}

describe('requests that wait', () => {
  it('are answered with what the counter shows next, and not before it shows something else', async () => {
    const { waits, watchers, show, etag } = harness();
    const next = waits.next(LIKES, etag, FOREVER);
    await Promise.resolve();
    show(0);
    show(1);
    expect(await next).toMatchObject({ count: 1 });
    expect(watchers.size).toBe(0);
  });

  it('are as many as may wait, and all end with the app', async () => {
    const { waits, watchers, etag } = harness();
    const waiting = Array.from({ length: WAITS_MAX }, (_, at) =>
      waits.next(LIKES, etag, { ...FOREVER, caller: `address ${at}` }),
    );
    expect(waits.isOpenTo('viewer ann')).toBe(false);
    waits.onModuleDestroy();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([null]));
    expect(watchers.size).toBe(0);
    expect(waits.isOpenTo('viewer ann')).toBe(false);
  });

  it('end where whoever waits has gone', async () => {
    const { waits, watchers, etag } = harness();
    let leave = (): void => undefined;
    const next = waits.next(LIKES, etag, { ...FOREVER, onClose: (end) => (leave = end) });
    leave();
    expect(await next).toBeNull();
    expect([watchers.size, waits.isOpenTo('viewer ann')]).toEqual([0, true]);
  });

  it('are as many of one caller as it may have, and leave places to others', async () => {
    const { waits, etag } = harness();
    const ends: (() => void)[] = [];
    const wait = () =>
      waits.next(LIKES, etag, { ...FOREVER, onClose: (end) => void ends.push(end) });
    const waiting = Array.from({ length: OF_CALLER }, wait);
    expect([waits.isOpenTo('viewer ann'), waits.isOpenTo('address 192.0.2.1')]).toEqual([
      false,
      true,
    ]);
    // Free at once, before what was asked of the store is there, and once however often it ends.
    ends[0]?.();
    ends[0]?.();
    expect(waits.isOpenTo('viewer ann')).toBe(true);
    waiting.push(wait());
    expect(waits.isOpenTo('viewer ann')).toBe(false);
    waits.onModuleDestroy();
    await Promise.all(waiting);
  });
});
