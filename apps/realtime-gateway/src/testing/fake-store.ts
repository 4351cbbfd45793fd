import {
  incarnationAt,
  isNobody,
  nothingStored,
  receive,
  totalPresence,
  type FeedMessage,
  type FeedState,
  type FeedVerdict,
  type Presence,
} from '@headcount/crdt';
import {
  VIEWERS,
  bucketOf,
  type CounterName,
  type InstanceId,
  type PageId,
  type WireValue,
} from '@headcount/protocol';
import { FakeUnread } from './fake-unread.js';

/** Few enough that pages share them. */
export const TEST_BUCKETS = 4;

/**
 * What Redis does for counter-api, in memory: gateways' feeds, durable counters, versions, and
 * forgetting.
 */
export class FakeStore {
  private readonly feeds = new Map<InstanceId, Map<number, FeedState<Presence>>>();
  private readonly durable = new Map<string, number>();
  private readonly revs = new Map<number, number>();
  private readonly listeners = new Set<(key: string) => void>();
  private incarnations = 1;
  /** What notification keeps there. */
  readonly unread = new FakeUnread((key) => this.tell(key));

  /** Told of the key (`name pageId`) of each counter that changes, and of `page <id>` and `user <id>`. The result ends it. */
  onChange(listener: (key: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  apply(
    gateway: InstanceId,
    bucket: number,
    message: FeedMessage<Presence>,
  ): { readonly verdict: FeedVerdict; readonly stored: number } {
    const buckets = this.feeds.get(gateway) ?? new Map<number, FeedState<Presence>>();
    this.feeds.set(gateway, buckets);
    const before = buckets.get(bucket) ?? nothingStored<Presence>();
    const { verdict, state } = receive(before, message, isNobody);
    buckets.set(bucket, state);
    const pages = new Set([...before.values.keys(), ...state.values.keys()]);
    if (verdict === 'taken') this.told(bucket, pages);
    return { verdict, stored: state.version };
  }

  storedOf(gateway: InstanceId, bucket: number): number {
    return this.feeds.get(gateway)?.get(bucket)?.version ?? 0;
  }

  /** Counts a gateway out; gives the number of its buckets. */
  reap(gateway: InstanceId): number {
    const buckets = this.feeds.get(gateway) ?? new Map<number, FeedState<Presence>>();
    this.feeds.delete(gateway);
    for (const [bucket, { values }] of buckets) this.told(bucket, new Set(values.keys()));
    return buckets.size;
  }

  /** Redis is flushed: nothing is left, and a new incarnation begins. */
  forget(): void {
    this.feeds.clear();
    this.durable.clear();
    this.incarnations += 1;
  }

  add(pageId: string, name: string, amount: number): void {
    const key = `${name} ${pageId}`;
    this.durable.set(key, (this.durable.get(key) ?? 0) + amount);
    this.told(bucketOf(pageId, TEST_BUCKETS), new Set([pageId]), name);
  }

  presenceOn(pageId: string): Presence {
    const bucket = bucketOf(pageId, TEST_BUCKETS);
    const parts = [...this.feeds.values()].flatMap(
      (buckets) => buckets.get(bucket)?.values.get(pageId) ?? [],
    );
    return totalPresence(parts);
  }

  /** The value of a counter (`name pageId`) as it goes onto the wire. */
  value(key: string): WireValue {
    const [name = '', pageId = ''] = key.split(' ');
    const bucket = bucketOf(pageId, TEST_BUCKETS);
    const { viewers, connections } =
      name === VIEWERS ? this.presenceOn(pageId) : { viewers: 0, connections: 0 };
    const count = viewers + (this.durable.get(key) ?? 0);
    const incarnation = incarnationAt(this.incarnations, '00000000');
    return [
      pageId as PageId,
      name as CounterName,
      count,
      connections,
      null,
      incarnation,
      this.revs.get(bucket) ?? 0,
      [],
    ];
  }

  private told(bucket: number, pages: ReadonlySet<string>, name: string = VIEWERS): void {
    this.revs.set(bucket, (this.revs.get(bucket) ?? 0) + 1);
    for (const page of pages) this.tell(`${name} ${page}`);
  }

  private tell(key: string): void {
    for (const listener of this.listeners) listener(key);
  }
}
