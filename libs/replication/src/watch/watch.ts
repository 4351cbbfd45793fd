/** Keeps the values that gateways are interested in, follows the buckets they are of, and pushes what changes. */
import { counterKey, type BucketChanges, type CounterStore } from '@headcount/counter-store';
import {
  bucketOf,
  encodeValue,
  err,
  ok,
  type CounterName,
  type CounterValue,
  type InterestAnswer,
  type InterestRequest,
  type PageId,
  type Result,
  type WireCounter,
} from '@headcount/protocol';
import { BucketFollower } from './bucket-follower.js';
import { counterOf, type CounterRef } from './counter-of.js';
import { PushStream, type PushWay, type Watched } from './push-stream.js';
import type { WatchTimers } from './timers.js';

/** A gateway that has said where it can be reached. */
export interface WatchingGateway {
  readonly id: string;
  readonly url: string;
}

export interface WatchOptions {
  readonly buckets: number;
  readonly tickMs: number;
  readonly counters: CounterStore;
  /** Begins and ends hearing a bucket's publications. `subscribe` rejects with ioredis' errors. */
  readonly subscribe: (bucket: number) => Promise<unknown>;
  readonly unsubscribe: (bucket: number) => Promise<unknown>;
  readonly open: (url: string) => PushWay;
  readonly timers: WatchTimers;
  /** Told of each push: how many values it carried, or that it failed. */
  readonly onPush: (values: number | 'failed') => void;
}

interface Interested {
  readonly stream: PushStream;
  /** Keys watched, by bucket. */
  readonly keys: Map<number, Set<string>>;
}

type Row = CounterRef & { readonly key: string };

export class Watch {
  private readonly followers = new Map<number, BucketFollower>();
  private readonly interested = new Map<string, Interested>();

  constructor(private readonly options: WatchOptions) {}

  /** Counters that gateways are interested in. */
  get counters(): number {
    return [...this.followers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Gateways that values are pushed to. */
  get streams(): number {
    return this.interested.size;
  }

  /** A publication has been heard. */
  heard(changes: BucketChanges): void {
    this.followers.get(changes.bucket)?.publish(changes);
  }

  /** Asks Redis whether anything has been missed, in every bucket that is followed. */
  compareAll(): void {
    for (const follower of this.followers.values()) {
      // Redis is away: nothing is known to be missed, and the next comparison is near.
      void follower.compare().catch(() => undefined);
    }
  }

  /** The position of the gateway's stream, or null where it has none here. */
  streamPosition(gateway: string): number | null {
    return this.interested.get(gateway)?.stream.position ?? null;
  }

  /**
   * Takes on and gives up interest; answers with the values of what was added. UNKNOWN_INSTANCE: a part of an interest
   * whose rest is not held here would be all that is pushed; being unknown, the gateway restates the whole. Rejects with
   * ioredis' errors.
   */
  async interest(
    gateway: WatchingGateway,
    { whole, add, drop }: InterestRequest,
  ): Promise<Result<InterestAnswer, 'UNKNOWN_INSTANCE'>> {
    if (whole) this.close(gateway.id);
    const held = this.interested.get(gateway.id);
    if (!held && !whole) return err('UNKNOWN_INSTANCE');
    const interested = held ?? this.open(gateway);
    for (const [bucket, counters] of this.byBucket(drop)) {
      for (const { key } of counters) this.unwatch(interested, bucket, key);
    }
    const found = new Map<string, Watched>();
    await Promise.all(
      [...this.byBucket(add)].map(async ([bucket, counters]) => {
        const keys = interested.keys.get(bucket) ?? new Set();
        interested.keys.set(bucket, keys);
        for (const { key } of counters) keys.add(key);
        for (const counter of await this.watch(bucket, interested, counters)) {
          found.set(counter.key, counter);
        }
      }),
    );
    const values = add.flatMap(([pageId, name]) => {
      const counter = found.get(counterKey(pageId, name).key);
      const value = counter ? valueOf(counter) : null;
      return value ? [encodeValue(value)] : [];
    });
    return ok({ stream: interested.stream.position, values });
  }

  /** Ends the gateway's stream, if it has one. */
  close(gateway: string): void {
    this.interested.get(gateway)?.stream.close();
  }

  /** Ends all streams. */
  closeAll(): void {
    for (const gateway of [...this.interested.keys()]) this.close(gateway);
  }

  private open({ id, url }: WatchingGateway): Interested {
    const { open, tickMs, timers, onPush } = this.options;
    const stream = new PushStream({
      ...{ tickMs, timers, valueOf, onPush },
      way: open(url),
      onEnd: () => this.end(id, interested),
    });
    const interested: Interested = { stream, keys: new Map() };
    this.interested.set(id, interested);
    return interested;
  }

  private end(gateway: string, interested: Interested): void {
    for (const [bucket, keys] of interested.keys) {
      for (const key of [...keys]) this.unwatch(interested, bucket, key);
    }
    if (this.interested.get(gateway) === interested) this.interested.delete(gateway);
  }

  /** Subscribes to the bucket before anything is read. While that goes on nobody may take the follower away. */
  private async watch(
    bucket: number,
    { stream, keys }: Interested,
    counters: readonly Row[],
  ): Promise<readonly Watched[]> {
    let follower = this.followers.get(bucket);
    if (!follower) {
      follower = new BucketFollower(bucket, this.options.counters);
      this.followers.set(bucket, follower);
    }
    follower.joining += 1;
    try {
      await follower.subscribed(() => this.options.subscribe(bucket));
      // What was given up meanwhile nobody would give up again.
      const wanted = counters.filter(({ key }) => keys.get(bucket)?.has(key));
      return await follower.watch(stream, wanted);
    } finally {
      follower.joining -= 1;
      this.dropIdle(bucket);
    }
  }

  private unwatch({ stream, keys }: Interested, bucket: number, key: string): void {
    keys.get(bucket)?.delete(key);
    if (keys.get(bucket)?.size === 0) keys.delete(bucket);
    this.followers.get(bucket)?.unwatch(stream, key);
    this.dropIdle(bucket);
  }

  private dropIdle(bucket: number): void {
    if (!this.followers.get(bucket)?.idle) return;
    this.followers.delete(bucket);
    void this.options.unsubscribe(bucket).catch(() => undefined);
  }

  private byBucket(counters: readonly WireCounter[]): Map<number, Row[]> {
    const buckets = new Map<number, Row[]>();
    for (const [pageId, name] of counters) {
      const bucket = bucketOf(pageId, this.options.buckets);
      const row = { key: counterKey(pageId, name).key, pageId, name };
      const rows = buckets.get(bucket);
      if (rows) rows.push(row);
      else buckets.set(bucket, [row]);
    }
    return buckets;
  }
}

/** What a watched counter shows, or null where it has not been read or cannot be shown. */
function valueOf({ pageId, name, view, version, staleRegions }: Watched): CounterValue | null {
  if (view === null) return null;
  const counter = { pageId: pageId as PageId, name: name as CounterName };
  const value = counterOf(counter, view, version, staleRegions);
  return value.ok ? value.value : null;
}
