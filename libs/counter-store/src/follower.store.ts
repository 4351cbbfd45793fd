/** Who follows anything, and when they were last seen in this region. */
import { userBucketOf, type ViewerId } from '@headcount/protocol';
import { followersKey, namesKey, seenKey, shortName } from './keys.js';
import { followersQuiet } from './scripts/followers-quiet.js';
import { nowSeconds, type StoreContext } from './store-context.js';

/** Up to which user a list has got: bucket by bucket, in each in the order of their names. */
export interface FollowerPlace {
  readonly bucket: number;
  /** '': before the first. */
  readonly user: string;
}

/** A user, and where the list goes on behind. */
export interface QuietFollower {
  readonly userId: ViewerId;
  readonly place: FollowerPlace;
}

/** Port of the followers. Methods reject with ioredis' errors while Redis is away. */
export interface FollowerStore {
  /** The user is here now, as this region's clock says. */
  saw(userId: ViewerId): Promise<void>;
  /**
   * Users behind `place` who were last seen before `sinceMs`, or never. `next` null: there are no more; else go on there, also
   * where nobody was found.
   */
  quiet(
    place: FollowerPlace,
    sinceMs: number,
  ): Promise<{ readonly users: readonly QuietFollower[]; readonly next: FollowerPlace | null }>;
}

/** How far the clocks of those who see users may differ; followers-quiet.lua has it too. */
const CLOCKS_DIFFER_SECONDS = 600;
/** Users looked at in one bucket and call: well below a millisecond of Redis. */
const SCAN_MAX = 500;
/** Buckets looked at in one call, side by side. */
const BUCKETS_AT_ONCE = 64;

/** The followers on Redis. */
export class RedisFollowerStore implements FollowerStore {
  constructor(
    private readonly context: StoreContext,
    private readonly options: { readonly buckets: number },
  ) {}

  async saw(userId: ViewerId): Promise<void> {
    const bucket = userBucketOf(userId, this.options.buckets);
    const { key } = shortName(userId);
    const now = nowSeconds(this.context);
    // What a clock that was ahead has noted would hide the user until then.
    await Promise.all([
      this.context.redis.zadd(seenKey(bucket), 'XX', 'LT', now + CLOCKS_DIFFER_SECONDS, key),
      this.context.redis.zadd(seenKey(bucket), 'GT', now, key),
    ]);
  }

  async quiet(place: FollowerPlace, sinceMs: number) {
    const { buckets } = this.options;
    const last = Math.min(buckets, place.bucket + BUCKETS_AT_ONCE);
    const places = Array.from({ length: last - place.bucket }, (_, at) =>
      at === 0 ? place : { bucket: place.bucket + at, user: '' },
    );
    const found = await Promise.all(places.map((one) => this.quietIn(one, sinceMs)));
    const users: QuietFollower[] = [];
    for (const [at, { users: some, next }] of found.entries()) {
      const bucket = place.bucket + at;
      for (const { key, userId } of some)
        users.push({ userId: userId as ViewerId, place: { bucket, user: key } });
      // What is behind it in other buckets would come before the rest of this one.
      if (next !== '') return { users, next: { bucket, user: next } };
    }
    return { users, next: last < buckets ? { bucket: last, user: '' } : null };
  }

  private quietIn({ bucket, user }: FollowerPlace, sinceMs: number) {
    return followersQuiet.run(
      this.context.redis,
      [followersKey(bucket), seenKey(bucket), namesKey(bucket)],
      [user, Math.floor(sinceMs / 1000), SCAN_MAX, nowSeconds(this.context)],
    );
  }
}
