import { Inject, Injectable } from '@nestjs/common';
import { NOTHING_COVERED, isMuted, type Follow } from '@headcount/crdt';
import type { FollowChange, FollowOutcome } from '@headcount/counter-store';
import {
  available,
  CLOCK,
  Metrics,
  oneByOne,
  partOf,
  RequestLoader,
  viewable,
  type Clock,
  type Connection,
  type PartArgs,
  written,
} from '@headcount/platform';
import { HeadcountError, type PageId } from '@headcount/protocol';
import { STORE, type Store } from '../store/store.js';
import { UnreadService } from '../unread/unread.service.js';
import { actablePage, type ActingUser } from '../users/acting-user.js';

/** A page that a user follows, as it is shown. */
export interface FollowValue {
  readonly pageId: PageId;
  /** Milliseconds since 1970; null: it is not silent now. */
  readonly mutedUntilMs: number | null;
  readonly unread: number;
}

/** The last moment that a DateTime can say: silent for ever. */
export const FOR_EVER_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

/** Which pages users follow. */
@Injectable()
export class FollowsService {
  private readonly changes;
  private readonly inOrder = new RequestLoader<ActingUser, (readonly [PageId, Follow])[]>({
    read: oneByOne(async (user) =>
      [...(await this.unread.followsOf(user))].sort(([left], [right]) => (left < right ? -1 : 1)),
    ),
    textOf: ({ id }) => id,
  });

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(UnreadService) private readonly unread: UnreadService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.changes = metrics.counter({
      name: 'follow_changes_total',
      help: 'Changes of follows, by what was asked for and what became of it.',
      labelNames: ['kind', 'outcome'],
    });
  }

  /** Follows, from now on: what was made before counts as read. What is followed already stays as it is. */
  async follow(user: ActingUser, pageId: PageId): Promise<FollowValue> {
    viewable(user, pageId);
    const asked = [{ pageId, after: NOTHING_COVERED }];
    const [modified] = await available(this.store.modifications.read(asked));
    await this.change(user, { kind: 'follow', pageId, made: modified?.made ?? NOTHING_COVERED });
    return this.valueOf(user, pageId);
  }

  /** Ends it; whether the page was followed. */
  async unfollow(user: ActingUser, pageId: PageId): Promise<boolean> {
    actablePage(user, pageId);
    return (await this.change(user, { kind: 'unfollow', pageId })) === 'changed';
  }

  /** Silences a page until then, for ever where that is null; a time that has passed ends the silence. */
  async mute(user: ActingUser, pageId: PageId, untilMs: number | null): Promise<FollowValue> {
    actablePage(user, pageId);
    const wanted = Math.min(untilMs ?? FOR_EVER_MS, FOR_EVER_MS);
    const until = wanted > this.clock.nowMs() ? wanted : 0;
    await this.change(user, { kind: 'mute', pageId, untilMs: until });
    return this.valueOf(user, pageId);
  }

  async isFollowing(user: ActingUser, pageId: PageId): Promise<boolean> {
    viewable(user, pageId);
    return (await available(this.store.follows.some(user.id, [pageId]))).has(pageId);
  }

  /** A part of the pages that the user follows and may see, in the order of their ids. */
  async following(user: ActingUser, part: PartArgs): Promise<Connection<FollowValue>> {
    const follows = await this.inOrder.load(user);
    const { edges, pageInfo } = partOf(follows, ([id]) => ({ at: 0, id }), part);
    const values = await this.valuesOf(edges.map(({ node }) => node));
    return {
      pageInfo,
      edges: edges.flatMap(({ cursor }, at) => {
        const node = values[at];
        return node ? [{ cursor, node }] : [];
      }),
    };
  }

  private async change(user: ActingUser, change: FollowChange): Promise<FollowOutcome> {
    const [outcome] = await written(this.store, () => this.store.follows.change(user.id, [change]));
    if (outcome === undefined) throw new Error('a change has an outcome');
    this.changes.inc({ kind: change.kind, outcome: outcome.toLowerCase() });
    if (outcome === 'changed' || outcome === 'same') return outcome;
    throw new HeadcountError(outcome);
  }

  private async valueOf(user: ActingUser, pageId: PageId): Promise<FollowValue> {
    const held = await available(this.store.follows.some(user.id, [pageId]));
    const [value] = await this.valuesOf([...held]);
    // On another device the user has stopped to follow it in between.
    if (value === undefined) throw new HeadcountError('NOT_FOLLOWED');
    return value;
  }

  private async valuesOf(follows: readonly (readonly [PageId, Follow])[]): Promise<FollowValue[]> {
    const nowMs = this.clock.nowMs();
    const { pages } = await this.unread.among(follows);
    const counts = new Map(pages.map(({ pageId, count }) => [pageId, count]));
    return follows.map(([pageId, follow]) => ({
      pageId,
      mutedUntilMs: isMuted(follow, nowMs) ? follow.mute.untilMs : null,
      unread: counts.get(pageId) ?? 0,
    }));
  }
}
