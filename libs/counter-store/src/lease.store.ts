/**
 * Viewers who are present without a socket, each until a time. A viewer on a page is a lease in the bucket of the page, and one in
 * that of `@site`, where who is on several pages counts once. Each is changed in a step of its own: where the second does not come
 * about, a renewal or the end mends it.
 */
import { err, ok, type Result } from '@headcount/crdt';
import { SITE, VIEWERS, bucketOf, type PageId, type ViewerId } from '@headcount/protocol';
import { fenceArgs } from './fence.js';
import {
  LEASES_DUE,
  counterKey,
  entriesKey,
  gatewaysKey,
  indexKey,
  leasesKey,
  metaKey,
  namesKey,
  placesKey,
  shortName,
} from './keys.js';
import { REDIS_CLOCK, type ScriptClock } from './redis-clock.js';
import { leaseEnd } from './scripts/lease-end.js';
import { leaseExpire } from './scripts/lease-expire.js';
import { leaseMark } from './scripts/lease-mark.js';
import type { LeaseRead } from './scripts/lease-replies.js';
import { leaseRenew, type LeaseRefusal as RefusalOfScript } from './scripts/lease-renew.js';
import { leaseTake } from './scripts/lease-take.js';
import type { StoreContext } from './store-context.js';

/** What leases are called among the gateways of a bucket. No gateway can be called so, and it is never held for dead. */
export const LEASES = 'lease';

/** Why a lease is not given. STORE_FULL: it would be new, and Redis has no memory to spare. */
export type LeaseRefusal = RefusalOfScript | 'STORE_FULL';

/** A viewer on a page. */
export interface Lease {
  readonly pageId: PageId;
  readonly viewer: ViewerId;
}

export interface LeaseStoreOptions {
  readonly buckets: number;
  /** Leases of the region at most. */
  readonly leasesMax: number;
  /** Leases of one viewer at most, in the region: pages, and `@site`, that it is on. */
  readonly leasesPerViewerMax: number;
  /** The clock that leases end by. Default: that of Redis. */
  readonly now?: ScriptClock;
}

/** Port of the leases. All methods reject with ioredis' errors while Redis is away. */
export interface LeaseStore {
  /** Makes a viewer present for `ttlMs` from now, whatever it had left. The page after it. Idempotent. */
  renew(lease: Lease, ttlMs: number): Promise<Result<LeaseRead, LeaseRefusal>>;
  /** Ends a lease, if there is one. The page after it. Idempotent. */
  end(lease: Lease): Promise<LeaseRead>;
  /** Ends the leases of a bucket that are due. Resolves to how many. */
  expire(bucket: number): Promise<number>;
  /** Ends what is due anywhere. Resolves to how many. */
  expireDue(): Promise<number>;
}

/** Leases that one script ends. */
const EXPIRE_MOST = 500;
/** Buckets taken at once. */
const TAKE_MOST = 64;

/** One of the two counters in which a lease is. */
interface Seat {
  readonly bucket: number;
  readonly key: string;
  readonly fullName: string;
  readonly place: string;
}

/** Leases on Redis. */
export class RedisLeaseStore implements LeaseStore {
  /** Taken, and not yet looked at. */
  private readonly taken = new Set<number>();
  private readonly now: ScriptClock;

  constructor(
    private readonly context: StoreContext,
    private readonly options: LeaseStoreOptions,
  ) {
    this.now = options.now ?? REDIS_CLOCK;
  }

  async renew({ pageId, viewer }: Lease, ttlMs: number): Promise<Result<LeaseRead, LeaseRefusal>> {
    const seats = this.seatsOf(pageId);
    const buckets = seats.map(({ bucket }) => bucket);
    // Before the lease, lest nobody looks for its end where this process ends in between.
    await leaseMark.run(this.context.redis, [LEASES_DUE], [this.now(), ttlMs, ...buckets]);
    // `@site` first: it has all of the region, so it is there that one too many is found.
    return this.renewAll(seats, viewer, ttlMs);
  }

  async end({ pageId, viewer }: Lease): Promise<LeaseRead> {
    const reads = await Promise.all(this.seatsOf(pageId).map((seat) => this.endAt(seat, viewer)));
    return lastOf(reads);
  }

  async expire(bucket: number): Promise<number> {
    const { redis, seen } = this.context;
    const { ended, position, nextEndMs } = await leaseExpire.run(
      redis,
      [metaKey(bucket), ...entryKeys(bucket), leasesKey(bucket), placesKey(bucket)],
      [...fenceArgs(this.context, bucket), this.now(), EXPIRE_MOST],
    );
    seen.note(bucket, position);
    await this.mark(bucket, nextEndMs);
    return ended === EXPIRE_MOST ? ended + (await this.expire(bucket)) : ended;
  }

  async expireDue(): Promise<number> {
    const marked = await leaseTake.run(this.context.redis, [LEASES_DUE], [this.now(), TAKE_MOST]);
    for (const bucket of marked) this.taken.add(bucket);
    // Those of a call that failed are among them: nobody else has their marks.
    const ended = await Promise.all(
      [...this.taken].map(async (bucket) => {
        const here = await this.expire(bucket);
        this.taken.delete(bucket);
        return here;
      }),
    );
    const sum = ended.reduce((all, one) => all + one, 0);
    return marked.length === TAKE_MOST ? sum + (await this.expireDue()) : sum;
  }

  private async renewAll(
    seats: readonly Seat[],
    viewer: ViewerId,
    ttlMs: number,
  ): Promise<Result<LeaseRead, LeaseRefusal>> {
    const reads: LeaseRead[] = [];
    for (const seat of seats) {
      const renewed = await this.renewAt(seat, viewer, ttlMs);
      if (!renewed.ok) return renewed;
      reads.push(renewed.value);
    }
    return ok(lastOf(reads));
  }

  private async renewAt(
    { bucket, key, fullName, place }: Seat,
    viewer: ViewerId,
    ttlMs: number,
  ): Promise<Result<LeaseRead, LeaseRefusal>> {
    const { redis, seen, memory } = this.context;
    const { leasesPerViewerMax } = this.options;
    const isFull = memory?.isFull ?? false;
    const leasesMax = isFull ? 0 : this.options.leasesMax;
    const renewed = await leaseRenew.run(
      redis,
      [
        metaKey(bucket),
        ...entryKeys(bucket),
        namesKey(bucket),
        leasesKey(bucket),
        placesKey(bucket),
      ],
      [
        ...fenceArgs(this.context, bucket),
        this.now(),
        ...[key, fullName, viewer, place, ttlMs, leasesMax, leasesPerViewerMax],
      ],
    );
    if (!renewed.ok) return renewed.error === 'TOO_MANY' && isFull ? err('STORE_FULL') : renewed;
    seen.note(bucket, renewed.value.position);
    // Once more, for the mark from before may have been taken before the lease was there.
    await this.mark(bucket, renewed.value.nextEndMs);
    return renewed;
  }

  private async endAt({ bucket, key, place }: Seat, viewer: ViewerId): Promise<LeaseRead> {
    const { redis, seen } = this.context;
    const read = await leaseEnd.run(
      redis,
      [metaKey(bucket), ...entryKeys(bucket), leasesKey(bucket), placesKey(bucket)],
      [...fenceArgs(this.context, bucket), this.now(), key, viewer, place],
    );
    seen.note(bucket, read.position);
    return read;
  }

  private async mark(bucket: number, endMs: number | null): Promise<void> {
    if (endMs !== null) await this.context.redis.zadd(LEASES_DUE, 'LT', endMs, bucket);
  }

  /** Where a lease on a page is: on `@site`, and on the page itself where that is another. */
  private seatsOf(pageId: PageId): readonly Seat[] {
    const seat = (of: PageId, place: string): Seat => ({
      bucket: bucketOf(of, this.options.buckets),
      ...counterKey(of, VIEWERS),
      place,
    });
    const onSite = seat(SITE, shortName(pageId).key);
    return pageId === SITE ? [onSite] : [onSite, seat(pageId, '')];
  }
}

const entryKeys = (bucket: number): string[] => [
  indexKey(bucket),
  gatewaysKey(bucket),
  entriesKey(bucket, LEASES),
];

function lastOf(reads: readonly LeaseRead[]): LeaseRead {
  const last = reads.at(-1);
  if (!last) throw new Error('a lease is in one counter at least');
  return last;
}
