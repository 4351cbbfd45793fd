import type { BucketSince, CounterStore, ModificationStore } from '@headcount/counter-store';
import { BucketFollower } from './bucket-follower.js';
import { PlainBucket } from './testing/plain-bucket.js';
import type { Watching } from './watched.js';

const counter = (key: string) => ({ key, pageId: key, name: 'likes' });
const wanting = (key: string) => ({ counters: [counter(key)], pages: [], users: [] });

/** A bucket that a neighbour changes after each read, as long as it is busy: what was published is ahead of each answer. */
function busyBucket() {
  const bucket = new PlainBucket();
  const state = { isBusy: false };
  const told: string[] = [];
  const counters: Pick<CounterStore, 'read' | 'since' | 'compare'> = {
    read: (_, wanted) => {
      const answer = bucket.read(wanted.map(({ pageId }) => pageId));
      if (state.isBusy) follower.publish(bucket.change('neighbour', bucket.position.rev));
      return Promise.resolve(answer);
    },
    since: (_, position) => Promise.resolve<BucketSince>(bucket.since(position)),
    compare: () => Promise.resolve(bucket.position),
  };
  const follower = new BucketFollower(0, {
    counters: counters as CounterStore,
    modifications: {} as ModificationStore,
    timers: { nowMs: () => 0 },
  });
  const watcher = {
    offer: (watched: Watching<unknown>) => {
      told.push(watched.key);
    },
    drop: () => undefined,
  };
  return { bucket, state, told, follower, watcher };
}

describe('a follower of a bucket', () => {
  it('tells of a counter that could not be read for changes of others, once it can be', async () => {
    const { bucket, state, told, follower, watcher } = busyBucket();
    bucket.change('neighbour', 1);
    await follower.watch(watcher, wanting('neighbour'));
    state.isBusy = true;
    const [unread] = (await follower.watch(watcher, wanting('untouched'))).counters;
    expect(unread?.view).toBeNull();
    state.isBusy = false;
    await follower.compare();
    expect(unread?.view?.viewers).toBe(0);
    expect(told).toContain('untouched');
  });
});
