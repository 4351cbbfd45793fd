import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { changesChannel, counterKey, decodeChanges } from '@headcount/counter-store';
import { CONFIG, Metrics } from '@headcount/platform';
import {
  HeadcountError,
  bucketOf,
  encodeValue,
  type CounterName,
  type CounterValue,
  type InstanceId,
  type InterestAnswer,
  type InterestRequest,
  type PageId,
  type WireCounter,
} from '@headcount/protocol';
import { counterOf } from '../counters/counter-of.js';
import type { KnownGateway } from '../intake/known-gateways.js';
import type { CounterApiConfig } from '../settings.js';
import { available } from '../store/available.js';
import { STORE, type Store } from '../store/store.js';
import { BucketFollower } from './bucket-follower.js';
import { PUSH_CLIENTS, type PushClients } from './push-clients.js';
import { PushStream, type Watched } from './push-stream.js';

interface Interested {
  readonly stream: PushStream;
  /** Keys watched, by bucket. */
  readonly keys: Map<number, Set<string>>;
}

/** Keeps the values that gateways are interested in, follows the buckets they are of, and pushes what changes. */
@Injectable()
export class WatchService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly followers = new Map<number, BucketFollower>();
  private readonly interested = new Map<InstanceId, Interested>();
  private comparing: NodeJS.Timeout | null = null;
  private readonly pushed;
  private readonly failed;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(PUSH_CLIENTS) private readonly clients: PushClients,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.pushed = metrics.counter({
      name: 'values_pushed_total',
      help: 'Values taken by gateways.',
    });
    this.failed = metrics.counter({
      name: 'pushes_failed_total',
      help: 'Pushes that a gateway did not take.',
    });
    const { followers, interested } = this;
    metrics.gauge({
      name: 'watched_counters',
      help: 'Counters that gateways are interested in.',
      collect() {
        this.set([...followers.values()].reduce((sum, { size }) => sum + size, 0));
      },
    });
    metrics.gauge({
      name: 'push_streams',
      help: 'Gateways that values are pushed to.',
      collect() {
        this.set(interested.size);
      },
    });
  }

  onApplicationBootstrap(): void {
    const { subscriber } = this.store;
    subscriber.on('message', (channel: string, message: string) => {
      const changes = decodeChanges(channel, message);
      this.followers.get(changes.bucket)?.publish(changes);
    });
    // What was published while the connection was gone is lost; asking mends it (DESIGN.md §10).
    subscriber.on('ready', () => this.compareAll());
    this.comparing = setInterval(() => this.compareAll(), this.config.SYNC_INTERVAL_MS);
  }

  onApplicationShutdown(): void {
    if (this.comparing) clearInterval(this.comparing);
    for (const gateway of [...this.interested.keys()]) this.close(gateway);
  }

  /** The position of the gateway's stream, or null where it has none here. */
  streamPosition(gateway: InstanceId): number | null {
    return this.interested.get(gateway)?.stream.position ?? null;
  }

  /** Takes on and gives up interest; answers with the values of what was added. */
  async interest(
    gateway: KnownGateway,
    { whole, add, drop }: InterestRequest,
  ): Promise<InterestAnswer> {
    if (whole) this.close(gateway.id);
    const held = this.interested.get(gateway.id);
    // A part of an interest whose rest is not held here would be all that is pushed. Being unknown, the gateway
    // restates the whole.
    if (!held && !whole)
      throw new HeadcountError('UNKNOWN_INSTANCE', 'the whole interest must come first');
    const interested = held ?? this.open(gateway);
    for (const [bucket, counters] of this.byBucket(drop)) {
      for (const { key } of counters) this.unwatch(interested, bucket, key);
    }
    const { stream } = interested;
    const found = new Map<string, Watched>();
    await available(
      Promise.all(
        [...this.byBucket(add)].map(async ([bucket, counters]) => {
          const keys = interested.keys.get(bucket) ?? new Set();
          interested.keys.set(bucket, keys);
          for (const { key } of counters) keys.add(key);
          const follower = await this.follow(bucket);
          for (const counter of await follower.watch(stream, counters))
            found.set(counter.key, counter);
        }),
      ),
    );
    const values = add.flatMap(([pageId, name]) => {
      const counter = found.get(counterKey(pageId, name).key);
      const value = counter ? valueOf(counter) : null;
      return value ? [encodeValue(value)] : [];
    });
    return { stream: stream.position, values };
  }

  /** Ends the gateway's stream, if it has one. */
  close(gateway: InstanceId): void {
    this.interested.get(gateway)?.stream.close();
  }

  private open({ id, url }: KnownGateway): Interested {
    const stream = new PushStream({
      client: this.clients.open(url),
      tickMs: this.config.TICK_MS,
      monotonicMs: () => this.clients.clock.monotonicMs(),
      valueOf,
      onPush: (values) => (values === 'failed' ? this.failed.inc() : this.pushed.inc(values)),
      onEnd: () => this.end(id, interested),
    });
    const interested: Interested = { stream, keys: new Map() };
    this.interested.set(id, interested);
    return interested;
  }

  private end(gateway: InstanceId, interested: Interested): void {
    for (const [bucket, keys] of interested.keys) {
      for (const key of [...keys]) this.unwatch(interested, bucket, key);
    }
    if (this.interested.get(gateway) === interested) this.interested.delete(gateway);
  }

  /** The follower of a bucket, subscribed to it before anything is read. */
  private async follow(bucket: number): Promise<BucketFollower> {
    let follower = this.followers.get(bucket);
    if (!follower) {
      follower = new BucketFollower(bucket, this.store.counters);
      this.followers.set(bucket, follower);
    }
    await follower.subscribed(() => this.store.subscriber.subscribe(changesChannel(bucket)));
    return follower;
  }

  private unwatch({ stream, keys }: Interested, bucket: number, key: string): void {
    keys.get(bucket)?.delete(key);
    if (keys.get(bucket)?.size === 0) keys.delete(bucket);
    const follower = this.followers.get(bucket);
    follower?.unwatch(stream, key);
    if (!follower?.idle) return;
    this.followers.delete(bucket);
    void this.store.subscriber.unsubscribe(changesChannel(bucket)).catch(() => undefined);
  }

  private compareAll(): void {
    for (const follower of this.followers.values()) {
      // Redis is away: nothing is known to be missed, and the next comparison is near.
      void follower.compare().catch(() => undefined);
    }
  }

  private byBucket(
    counters: readonly WireCounter[],
  ): Map<number, { key: string; pageId: PageId; name: CounterName }[]> {
    const buckets = new Map<number, { key: string; pageId: PageId; name: CounterName }[]>();
    for (const [pageId, name] of counters) {
      const bucket = bucketOf(pageId, this.config.BUCKETS);
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
