/** Keeps what gateways are interested in, follows the buckets it is of, and pushes what changes. */
import {
  counterKey,
  shortName,
  type BucketChanges,
  type CounterStore,
  type ModificationStore,
} from '@headcount/counter-store';
import {
  PAIRS_MAX,
  encodePageModifications,
  encodeValue,
  err,
  ok,
  userBucketOf,
  type InterestAnswer,
  type InterestRequest,
  type PageId,
  type Result,
  type ViewerId,
  type WirePageModifications,
} from '@headcount/protocol';
import type { BucketAnswer, BucketWanted, PageRead } from './bucket-follower.js';
import { Followers } from './followers.js';
import { valueOf } from './value-of.js';
import { fitting, type Fitting } from './interest-room.js';
import { PushBudget } from './push-budget.js';
import { PushStream, type PushWay } from './push-stream.js';
import type { WatchTimers } from './timers.js';
import type { Kind, WatchedCounter, Watcher } from './watched.js';
import {
  addedBy,
  byBucket,
  droppedBy,
  keysOf,
  kindAndKey,
  stillWanted,
  type KindKey,
  type Named,
} from './wanted.js';

/** A gateway that has said where it can be reached. */
export interface WatchingGateway {
  readonly id: string;
  readonly url: string;
}

export interface WatchOptions {
  readonly buckets: number;
  readonly tickMs: number;
  /** Most counters, pages and users, all together, that one gateway may be interested in. */
  readonly interestMax: number;
  /** Pushes a second, to all gateways together. */
  readonly pushesPerSecond: number;
  readonly counters: CounterStore;
  readonly modifications: Pick<ModificationStore, 'readBucket'>;
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
  /** How much is watched. */
  size: number;
  /** What is watched, by bucket. */
  readonly keys: Map<number, Set<KindKey>>;
}

export class Watch {
  private readonly interested = new Map<string, Interested>();
  private readonly budget: PushBudget;

  /** What is followed, for others of this process that watch too. */
  readonly followers: Followers;

  constructor(private readonly options: WatchOptions) {
    this.budget = new PushBudget(options.pushesPerSecond, options.timers);
    this.followers = new Followers(options);
  }

  /** How much of each kind gateways are interested in. */
  get sizes(): Readonly<Record<Kind, number>> {
    const sum = { counter: 0, page: 0, user: 0 };
    for (const { sizes } of this.followers.values()) {
      sum.counter += sizes.counter;
      sum.page += sizes.page;
      sum.user += sizes.user;
    }
    return sum;
  }

  /** Gateways that values are pushed to. */
  get streams(): number {
    return this.interested.size;
  }

  /** Streams that have something to send and wait for their turn. */
  get waiting(): number {
    return this.budget.waiting;
  }

  /** Whether a gateway is interested in the user. */
  watchesUser(userId: ViewerId): boolean {
    const follower = this.followers.get(userBucketOf(userId, this.options.buckets));
    return follower?.watchesUser(shortName(userId).key) ?? false;
  }

  /** A publication has been heard. */
  heard(changes: BucketChanges): void {
    this.followers.heard(changes);
  }

  /** Asks Redis whether anything has been missed, in every bucket that is followed. */
  compareAll(): void {
    this.followers.compareAll();
  }

  /** The position of the gateway's stream, or null where it has none here. */
  streamPosition(gateway: string): number | null {
    return this.interested.get(gateway)?.stream.position ?? null;
  }

  /**
   * Takes on and gives up interest; answers with the values of what was added, and with how much of it is refused, as one
   * gateway may be interested in no more: the rest of it is taken. UNKNOWN_INSTANCE: a part of an interest
   * whose rest is not held here would be all that is pushed; being unknown, the gateway restates the whole. Rejects with
   * ioredis' errors.
   */
  async interest(
    gateway: WatchingGateway,
    request: InterestRequest,
  ): Promise<Result<InterestAnswer, 'UNKNOWN_INSTANCE'>> {
    const { whole } = request;
    if (whole) this.close(gateway.id);
    const held = this.interested.get(gateway.id);
    if (!held && !whole) return err('UNKNOWN_INSTANCE');
    const interested = held ?? this.open(gateway);
    const { buckets } = this.options;
    for (const [bucket, dropped] of byBucket(droppedBy(request), buckets)) {
      for (const key of keysOf(dropped)) this.unwatch(interested, bucket, key);
    }
    const { taken, refused } = this.admit(interested, addedBy(request));
    const answers = await Promise.all(
      [...byBucket(taken, buckets)].map(([bucket, added]) => {
        const keys = interested.keys.get(bucket) ?? new Set();
        interested.keys.set(bucket, keys);
        const before = keys.size;
        for (const key of keysOf(added)) keys.add(key);
        interested.size += keys.size - before;
        return this.watch(bucket, interested, added);
      }),
    );
    return ok({
      stream: interested.stream.position,
      values: valuesOf(taken.counters, answers),
      ...(request.pages && { pages: pagesOf(taken.pages, answers) }),
      ...(refused && { refused }),
    });
  }

  /** What there is room for of what is asked for. */
  private admit({ size, keys }: Interested, asked: Named): Fitting {
    const { interestMax, buckets } = this.options;
    return fitting(asked, interestMax - size, (one) =>
      [...byBucket(one, buckets)].every(([bucket, wanted]) =>
        keysOf(wanted).every((key) => keys.get(bucket)?.has(key)),
      ),
    );
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
      ...{ tickMs, timers, valueOf, onPush, budget: this.budget },
      way: open(url),
      onEnd: () => this.end(id, interested),
    });
    const interested: Interested = { stream, size: 0, keys: new Map() };
    this.interested.set(id, interested);
    return interested;
  }

  private end(gateway: string, interested: Interested): void {
    for (const [bucket, keys] of interested.keys) {
      for (const key of [...keys]) this.unwatch(interested, bucket, key);
    }
    if (this.interested.get(gateway) === interested) this.interested.delete(gateway);
  }

  private watch(
    bucket: number,
    { stream, keys }: Interested,
    added: BucketWanted,
  ): Promise<BucketAnswer> {
    return this.followers.join(bucket, (follower) => {
      // What was given up meanwhile nobody would give up again.
      const wanted = stillWanted(added, (key) => keys.get(bucket)?.has(key) ?? false);
      return follower.watch(stream, wanted);
    });
  }

  private unwatch(interested: Interested, bucket: number, kindKey: KindKey): void {
    const { stream, keys } = interested;
    if (keys.get(bucket)?.delete(kindKey)) interested.size -= 1;
    if (keys.get(bucket)?.size === 0) keys.delete(bucket);
    const [kind, key] = kindAndKey(kindKey);
    this.followers.get(bucket)?.unwatch(stream, kind, key);
    this.followers.dropIdle(bucket);
  }
}

/** The values of counters in the order asked, of those that have one. */
function valuesOf(
  asked: InterestRequest['add'],
  answers: readonly BucketAnswer[],
): InterestAnswer['values'] {
  const found = new Map<string, WatchedCounter<Watcher>>();
  for (const { counters } of answers) for (const each of counters) found.set(each.key, each);
  return asked.flatMap(([pageId, name]) => {
    const counter = found.get(counterKey(pageId, name).key);
    const value = counter ? valueOf(counter) : null;
    return value ? [encodeValue(value)] : [];
  });
}

/** What was read of pages, in the order asked. */
function pagesOf(
  asked: NonNullable<InterestRequest['pages']>['add'],
  answers: readonly BucketAnswer[],
): WirePageModifications[] {
  const found = new Map<PageId, PageRead>();
  for (const { pages } of answers) for (const page of pages) found.set(page.pageId, page);
  return asked.flatMap(([pageId]) => {
    const page = found.get(pageId);
    return page ? [wirePage(page)] : [];
  });
}

function wirePage({ pageId, pairsAbove, position, modified }: PageRead): WirePageModifications {
  const { incarnation, rev } = position;
  const { pairs, ...told } = modified;
  const above = pairsAbove ?? 0;
  return encodePageModifications({
    ...{ ...told, pageId, incarnation, rev },
    // Pairs come by rising position: the latest matter to most.
    told: pairsAbove === null ? null : { above, pairs: pairs.slice(-PAIRS_MAX) },
  });
}
