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
const FOREVER = { ms: 60_000, onClose: () => undefined };

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
    { BUCKETS: 1 } as CounterApiConfig,
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
    const waiting = Array.from({ length: WAITS_MAX }, () => waits.next(LIKES, etag, FOREVER));
    expect(waits.isOpen).toBe(false);
    waits.onModuleDestroy();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([null]));
    expect(watchers.size).toBe(0);
    expect(waits.isOpen).toBe(false);
  });

  it('end where whoever waits has gone', async () => {
    const { waits, watchers, etag } = harness();
    let leave = (): void => undefined;
    const next = waits.next(LIKES, etag, { ms: 60_000, onClose: (end) => (leave = end) });
    leave();
    expect(await next).toBeNull();
    expect([watchers.size, waits.isOpen]).toEqual([0, true]);
  });
});
