/** Which pages users follow, and what of them is read. A user's follows lie in the user's own bucket (ADR 12). */
import { NEVER_FOLLOWED, isFollowed, type Follow, type VersionVector } from '@headcount/crdt';
import { userBucketOf, type PageId, type ViewerId } from '@headcount/protocol';
import { fenceArgs } from './fence.js';
import {
  followersKey,
  followsKey,
  indexKey,
  markersKey,
  metaKey,
  namesKey,
  shortName,
} from './keys.js';
import { FollowText } from './follow-text.js';
import { MarksText } from './marks-text.js';
import { followsChange, type FollowOutcome } from './scripts/follows-change.js';
import type { StoreContext } from './store-context.js';

/** One change of a user's follows; each may be repeated. */
export type FollowChange =
  /** Follows, with what was made by now read. */
  | { readonly kind: 'follow'; readonly pageId: PageId; readonly made: VersionVector }
  | { readonly kind: 'unfollow'; readonly pageId: PageId }
  | { readonly kind: 'mark'; readonly pageId: PageId; readonly read: VersionVector }
  /** `untilMs`: milliseconds since 1970; 0 ends the silence. */
  | { readonly kind: 'mute'; readonly pageId: PageId; readonly untilMs: number };

/** Port of the follows. All methods reject with ioredis' errors while Redis is away. */
export interface FollowStore {
  /** Makes the changes one after the other, and resolves when they are durable; what became of each, in their order. */
  change(userId: ViewerId, changes: readonly FollowChange[]): Promise<FollowOutcome[]>;
  /** Every page that the user follows. */
  all(userId: ViewerId): Promise<ReadonlyMap<PageId, Follow>>;
  /** Those among `pageIds` that the user follows. */
  some(userId: ViewerId, pageIds: readonly PageId[]): Promise<ReadonlyMap<PageId, Follow>>;
}

export interface FollowStoreOptions {
  readonly buckets: number;
  /** Name of this region, with or without peers. */
  readonly home: string;
  /** Pages that one user may follow. */
  readonly followsMax: number;
}

/** Changes of one script: about 2 ms of Redis. */
const CHANGES_MAX = 500;
/** Follows read in one step, so that no other command waits long. */
const STEP = 1000;

/** The follows on Redis. */
export class RedisFollowStore implements FollowStore {
  private readonly marksText: MarksText;
  private readonly followText: FollowText;

  constructor(
    private readonly context: StoreContext,
    private readonly options: FollowStoreOptions,
  ) {
    this.marksText = new MarksText(options.home);
    this.followText = new FollowText(context.redis, this.marksText);
  }

  async change(userId: ViewerId, changes: readonly FollowChange[]): Promise<FollowOutcome[]> {
    const outcomes: FollowOutcome[] = [];
    for (let at = 0; at < changes.length; at += CHANGES_MAX) {
      outcomes.push(...(await this.changeSome(userId, changes.slice(at, at + CHANGES_MAX))));
    }
    return outcomes;
  }

  async all(userId: ViewerId): Promise<ReadonlyMap<PageId, Follow>> {
    const bucket = this.bucketOf(userId);
    const held = new Map<string, string>();
    let cursor = '0';
    do {
      const [next, fields] = await this.context.redis.hscan(
        followsKey(bucket, shortName(userId).key),
        cursor,
        'COUNT',
        STEP,
      );
      for (let at = 0; at < fields.length; at += 2) {
        held.set(fields[at] ?? '', fields[at + 1] ?? '');
      }
      cursor = next;
    } while (cursor !== '0');
    return followedOnly(await this.followText.read(bucket, held));
  }

  async some(userId: ViewerId, pageIds: readonly PageId[]): Promise<ReadonlyMap<PageId, Follow>> {
    if (pageIds.length === 0) return new Map();
    const bucket = this.bucketOf(userId);
    const keys = pageIds.map((pageId) => shortName(pageId).key);
    const texts = await this.context.redis.hmget(
      followsKey(bucket, shortName(userId).key),
      ...keys,
    );
    const follows = await this.followText.parse(
      bucket,
      texts.map((text) => text ?? ''),
    );
    return followedOnly(
      new Map(pageIds.map((pageId, at) => [pageId, follows[at] ?? NEVER_FOLLOWED])),
    );
  }

  private async changeSome(
    userId: ViewerId,
    changes: readonly FollowChange[],
  ): Promise<readonly FollowOutcome[]> {
    const { redis, seen, durability } = this.context;
    const bucket = this.bucketOf(userId);
    const user = shortName(userId);
    const { position, replid, outcomes } = await followsChange.run(
      redis,
      [
        metaKey(bucket),
        indexKey(bucket),
        namesKey(bucket),
        markersKey(bucket),
        followersKey(bucket),
        followsKey(bucket, user.key),
      ],
      [
        ...fenceArgs(this.context, bucket),
        user.key,
        user.fullName,
        this.options.followsMax,
        this.context.memory?.isFull ? '1' : '',
        ...changes.flatMap((change) => this.argsOf(change)),
      ],
    );
    seen.note(bucket, position);
    await durability.reached(replid);
    return outcomes;
  }

  private argsOf(change: FollowChange): (string | number)[] {
    const { key, fullName } = shortName(change.pageId);
    const until = change.kind === 'mute' ? change.untilMs : '';
    const marks =
      change.kind === 'follow' ? change.made : change.kind === 'mark' ? change.read : new Map();
    return [change.kind, key, fullName, until, this.marksText.write(marks)];
  }

  private bucketOf(userId: ViewerId): number {
    return userBucketOf(userId, this.options.buckets);
  }
}

function followedOnly(follows: ReadonlyMap<PageId, Follow>): Map<PageId, Follow> {
  return new Map([...follows].filter(([, follow]) => isFollowed(follow)));
}
