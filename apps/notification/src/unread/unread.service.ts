import { Inject, Injectable } from '@nestjs/common';
import { NOTHING_COVERED, isMuted, type Follow } from '@headcount/crdt';
import type { FollowChange } from '@headcount/counter-store';
import {
  available,
  CLOCK,
  Keyrings,
  ReadCursors,
  JoinedRuns,
  RequestLoader,
  oneByOne,
  unreadPages,
  type Clock,
  type Connection,
  type PageUnread,
  type PartArgs,
  type ReadCursor,
  written,
} from '@headcount/platform';
import {
  HeadcountError,
  unreadOf,
  type PageId,
  type PageModifications,
  type UnreadValue,
  type ViewerId,
} from '@headcount/protocol';
import { HistoryService } from '../history/history.service.js';
import { STORE, type Store } from '../store/store.js';
import { actablePage, type ActingUser } from '../users/acting-user.js';
import { PresenceNotes } from '../users/presence-notes.js';

type Follows = readonly (readonly [PageId, Follow])[];
type Made = ReadonlyMap<PageId, PageModifications | undefined>;

/** What a user follows, and what was made there afterwards. */
interface Reading {
  readonly follows: Follows;
  readonly made: Made;
}

/** Users whose unread is computed at the same time. */
export const USERS_AT_ONCE = 10;

/** What users have not read, and what they say that they have. */
@Injectable()
export class UnreadService {
  readonly cursors: ReadCursors;
  /** A user who follows 1,000 pages costs 30 ms a reading: one at a time for each user, however often it is asked for. */
  private readonly followRuns = new JoinedRuns<ViewerId, ReadonlyMap<PageId, Follow>>((userId) =>
    available(this.store.follows.all(userId)),
  );
  private readonly unreadRuns = new JoinedRuns<ViewerId, Reading>(async (userId) => {
    const follows = [...(await available(this.store.follows.all(userId)))];
    const [made] = await this.madeOfEach([follows]);
    return { follows, made: made ?? new Map() };
  });
  private readonly follows = new RequestLoader<ViewerId, ReadonlyMap<PageId, Follow>>({
    read: oneByOne((userId) => this.followRuns.join(userId)),
    textOf: (userId) => userId,
  });
  /** All users of one request are asked for by one caller, so the same pages may be seen. */
  private readonly values = new RequestLoader<ActingUser, UnreadValue>({
    read: (users) => this.ofAll(users),
    textOf: ({ id }) => id,
    keysMax: USERS_AT_ONCE,
  });

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PresenceNotes) private readonly notes: PresenceNotes,
    @Inject(HistoryService) private readonly history: HistoryService,
    @Inject(Keyrings) keyrings: Keyrings,
  ) {
    this.cursors = new ReadCursors(keyrings.of('cursor'));
  }

  /** All of it, of the pages that may be seen; once a request. Cost O(follows), all buckets side by side. */
  of(user: ActingUser): Promise<UnreadValue> {
    return this.values.load(user);
  }

  /** What the user follows, of the pages that may be seen. Throws HeadcountError STORE_UNAVAILABLE. */
  async followsOf(user: ActingUser): Promise<Follows> {
    const all = await this.follows.load(user.id);
    return [...all].filter(([pageId]) => user.mayView(pageId));
  }

  /** Of some follows. Throws HeadcountError STORE_UNAVAILABLE. */
  async among(follows: Follows): Promise<UnreadValue> {
    const [made] = await this.madeOfEach([follows]);
    return unreadOf(follows, (pageId) => made?.get(pageId), this.clock.nowMs());
  }

  private async ofAll(users: readonly ActingUser[]): Promise<UnreadValue[]> {
    const readings = await this.readingsOf(users);
    return users.map((user, at) => {
      const { follows, made } = readings[at] ?? { follows: [], made: new Map() };
      const seen = follows.filter(([pageId]) => user.mayView(pageId));
      // Who follows nothing gets no digest.
      if (user.isSelf && seen.length) this.notes.note(user.id);
      return unreadOf(seen, (pageId) => made.get(pageId), this.clock.nowMs());
    });
  }

  private async readingsOf(users: readonly ActingUser[]): Promise<readonly Reading[]> {
    const [only] = users;
    if (only && users.length === 1) return [await this.unreadRuns.join(only.id)];
    const all = await Promise.all(users.map((user) => this.followsOf(user)));
    const made = await this.madeOfEach(all);
    return all.map((follows, at) => ({ follows, made: made[at] ?? new Map() }));
  }

  /** What was made on the pages that several users follow, all buckets side by side. */
  private async madeOfEach(all: readonly Follows[]): Promise<Made[]> {
    const nowMs = this.clock.nowMs();
    const counted = all.map((follows) => follows.filter(([, follow]) => !isMuted(follow, nowMs)));
    const asks = counted.flat().map(([pageId, { marks }]) => ({ pageId, after: marks }));
    const read = await available(this.store.modifications.read(asks));
    let at = 0;
    return counted.map((follows) => new Map(follows.map(([pageId]) => [pageId, read[at++]])));
  }

  /** A part of the pages with something unread, as they are shown to their user. */
  shownPages(userId: ViewerId, { pages }: UnreadValue, part: PartArgs): Connection<PageUnread> {
    return unreadPages(pages, part, {
      cursorOf: (page) => this.cursors.ofPage(userId, page),
      titleOf: ({ pageId }) => this.history.lastTitle(pageId),
    });
  }

  /** Marks what the cursor says of the page, where the user follows it still; what is unread then. */
  async markRead(user: ActingUser, pageId: PageId, cursor: string): Promise<UnreadValue> {
    actablePage(user, pageId);
    const shown = this.cursorOf(user, cursor);
    const read = shown.of(pageId);
    // Where a cursor of all says nothing of a page, nothing of it was unread.
    if (!read && !shown.isWhole) throw notOfThis();
    await this.mark(user, [{ kind: 'mark', pageId, read: read ?? NOTHING_COVERED }]);
    return this.of(user);
  }

  /** Marks what the cursor says of every page that the user follows still; what is unread then. */
  async markAllRead(user: ActingUser, cursor: string): Promise<UnreadValue> {
    const shown = this.cursorOf(user, cursor);
    if (!shown.isWhole) throw notOfThis();
    const { pages } = await this.of(user);
    const changes = pages.flatMap(({ pageId }): FollowChange[] => {
      const read = shown.of(pageId);
      return read ? [{ kind: 'mark', pageId, read }] : [];
    });
    await this.mark(user, changes);
    return this.of(user);
  }

  private cursorOf({ id }: ActingUser, cursor: string): ReadCursor {
    const read = this.cursors.read(id, cursor);
    if (!read.ok)
      throw new HeadcountError(read.error, 'The cursor was not given out for this user.');
    return read.value;
  }

  private async mark({ id }: ActingUser, changes: readonly FollowChange[]): Promise<void> {
    if (changes.length === 0) return;
    // Whoever has stopped to follow on another device meanwhile has nothing to mark: no fault of the caller.
    await written(this.store, () => this.store.follows.change(id, changes));
  }
}

const notOfThis = (): HeadcountError =>
  new HeadcountError('BAD_REQUEST', 'The cursor was given out for something else.');
