/** The buckets that somebody in this process watches something of, each heard for as long as that is so. */
import type { BucketChanges } from '@headcount/counter-store';
import { BucketFollower, type FollowerStores } from './bucket-follower.js';

export interface FollowersOptions extends FollowerStores {
  /** Begins and ends hearing a bucket's publications. `subscribe` rejects with ioredis' errors. */
  readonly subscribe: (bucket: number) => Promise<unknown>;
  readonly unsubscribe: (bucket: number) => Promise<unknown>;
}

export class Followers {
  private readonly followers = new Map<number, BucketFollower>();

  constructor(private readonly options: FollowersOptions) {}

  get(bucket: number): BucketFollower | undefined {
    return this.followers.get(bucket);
  }

  values(): Iterable<BucketFollower> {
    return this.followers.values();
  }

  /**
   * Subscribes to the bucket before anything is read. While `register` goes on nobody may take the follower away. Rejects
   * with ioredis' errors.
   */
  async join<T>(bucket: number, register: (follower: BucketFollower) => Promise<T>): Promise<T> {
    let follower = this.followers.get(bucket);
    if (!follower) {
      follower = new BucketFollower(bucket, this.options);
      this.followers.set(bucket, follower);
    }
    follower.joining += 1;
    try {
      await follower.subscribed(() => this.options.subscribe(bucket));
      return await register(follower);
    } finally {
      follower.joining -= 1;
      this.dropIdle(bucket);
    }
  }

  /** Gives up a bucket of which nothing is watched any more. */
  dropIdle(bucket: number): void {
    if (!this.followers.get(bucket)?.idle) return;
    this.followers.delete(bucket);
    void this.options.unsubscribe(bucket).catch(() => undefined);
  }

  /** A publication has been heard. */
  heard(changes: BucketChanges): void {
    this.followers.get(changes.bucket)?.publish(changes);
  }

  /** The connection that publications come by is gone, or there again with all its subscriptions. */
  hears(isHeard: boolean): void {
    for (const follower of this.followers.values()) follower.hears(isHeard);
    if (isHeard) this.compareAll();
  }

  /** Asks Redis whether anything has been missed, in every bucket that is followed. */
  compareAll(): void {
    for (const follower of this.followers.values()) {
      // Redis is away: nothing is known to be missed, and the next comparison is near.
      void follower.compare().catch(() => undefined);
    }
  }
}
