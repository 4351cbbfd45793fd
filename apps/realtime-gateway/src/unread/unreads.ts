import type { Follow } from '@headcount/crdt';
import type { InterestBook, Owner, QuotaBook, UnreadBook } from '@headcount/gateway-core';
import type { Clock, Grants } from '@headcount/platform';
import {
  decodePageModifications,
  type HeadcountError,
  type InterestAnswer,
  type InterestRequest,
  type PageId,
  type PushRequest,
  type ViewerId,
  type WirePageModifications,
} from '@headcount/protocol';
import type { Counters } from '../counters/counters.js';
import type { Watching } from '../fanout/source.js';
import type { ViewerQuotas } from '../quotas/viewer-quotas.js';
import { UnreadEvent } from './unread-event.js';
import type { UnreadMetrics } from './unread-metrics.js';

/** A user, and the pages that whoever asks may see. */
export interface UnreadAsk {
  readonly userId: ViewerId;
  readonly grants: Pick<Grants, 'viewsAll' | 'mayView'>;
}

type Listener = () => void;

export interface UnreadsOptions {
  readonly book: UnreadBook;
  readonly interest: InterestBook;
  readonly counters: Pick<Counters, 'wake' | 'listen'>;
  readonly reader: { want(userId: ViewerId): void; forget(userId: ViewerId): void };
  readonly clock: Clock;
  readonly quotas: Pick<ViewerQuotas, 'refusal'> & {
    readonly book: Pick<QuotaBook, 'admits' | 'quotas'>;
  };
  readonly metrics: Pick<UnreadMetrics, 'users' | 'pages' | 'values'>;
}

/** The longest that a timer is set for, in milliseconds: it looks again then. */
const TIMER_MS_MAX = 86_400_000;

/** What watchers are told: what the user has not read, or why that is not shown. */
export type UnreadNews = UnreadEvent | HeadcountError;

interface Session extends Owner {
  readonly listeners: Set<Listener>;
  /** Its user and what that follows; 0: it has ended. */
  watched: number;
  follows: number;
  /** Why it is shown nothing: this gateway has no room for what the user follows. Null: it has. */
  refusal: HeadcountError | null;
  muteEnd: NodeJS.Timeout | null;
}

/**
 * What users have not read, live. The home is told of a user before the user's follows are read, and of a page before its
 * modifications are, so no change falls in between; after a gap, or with another home, everything is told and read anew.
 */
export class Unreads {
  private readonly sessions = new Map<ViewerId, Session>();
  /** Follows of all users: a page that many follow is told of once, but each of them has marks of its own. */
  private follows = 0;

  constructor(private readonly options: UnreadsOptions) {
    options.counters.listen({
      expire: (nowMs) => this.expire(nowMs),
      answered: (request, answer) => this.answered(request, answer),
      pushed: (push) => this.pushed(push),
    });
  }

  /** Watches what a user has not read: the listener is told of each change, from the one after `value()` on. */
  watch(ask: UnreadAsk, listener: (event: UnreadNews) => void): Watching<UnreadNews> {
    const { interest, counters, clock } = this.options;
    const { userId } = ask;
    const session = this.sessions.get(userId) ?? this.open(userId);
    const tell: Listener = () => {
      const event = this.eventOf(ask);
      if (event !== undefined) listener(event);
    };
    session.listeners.add(tell);
    interest.users.hold(userId);
    // There may be room by now.
    if (session.refusal !== null) this.options.reader.want(userId);
    counters.wake();
    return {
      value: () => this.eventOf(ask),
      close: () => {
        if (!session.listeners.delete(tell)) return;
        interest.users.release(userId, clock.monotonicMs());
        counters.wake();
      },
    };
  }

  /** What has been read of a user's follows. */
  takeFollows(userId: ViewerId, follows: ReadonlyMap<PageId, Follow>): void {
    const { book, clock, interest } = this.options;
    const session = this.sessions.get(userId);
    if (session === undefined) return;
    const refusal = this.refusalOf(session, follows);
    if (refusal !== null) return this.refuse(userId, session, refusal);
    session.refusal = null;
    this.setFollows(session, follows.size);
    const { begun, ended, isNews } = book.takeFollows(userId, follows, clock.nowMs());
    for (const pageId of begun) this.hold(pageId, session);
    for (const pageId of follows.keys()) interest.pages.share(pageId, session);
    this.release(ended);
    this.awaitMuteEnd(userId);
    if (isNews) this.tell(userId);
    this.changed();
  }

  private setFollows(session: Session, count: number): void {
    this.follows += count - session.follows;
    session.follows = count;
    session.watched = count + 1;
  }

  /** Why there is no room for the pages of these follows; null: there is. */
  private refusalOf(
    { follows: before }: Session,
    follows: ReadonlyMap<PageId, Follow>,
  ): HeadcountError | null {
    const { quotas, interest } = this.options;
    const { watched: max } = quotas.book.quotas;
    if (this.follows - before + follows.size > max) return quotas.refusal('watched');
    let more = 0;
    for (const pageId of follows.keys()) if (!interest.pages.wantsKey(pageId)) more += 1;
    return quotas.book.admits(more) ? null : quotas.refusal('watched');
  }

  /** Holds nothing for the user, and reads it again when its follows change or another client watches. */
  private refuse(userId: ViewerId, session: Session, refusal: HeadcountError): void {
    const { book, clock, reader } = this.options;
    session.refusal = refusal;
    this.setFollows(session, 0);
    this.release(book.takeFollows(userId, new Map(), clock.nowMs()).ended);
    reader.forget(userId);
    this.tell(userId);
    this.changed();
  }

  /** Nothing happens any more. */
  stop(): void {
    for (const { muteEnd } of this.sessions.values()) if (muteEnd) clearTimeout(muteEnd);
  }

  private open(userId: ViewerId): Session {
    const session: Session = {
      listeners: new Set(),
      watched: 1,
      follows: 0,
      refusal: null,
      muteEnd: null,
    };
    this.sessions.set(userId, session);
    this.options.book.open(userId);
    this.changed();
    return session;
  }

  private close(userId: ViewerId): void {
    const { book, reader } = this.options;
    const session = this.sessions.get(userId);
    if (session?.muteEnd) clearTimeout(session.muteEnd);
    if (session) {
      this.setFollows(session, 0);
      session.watched = 0;
    }
    this.sessions.delete(userId);
    reader.forget(userId);
    this.release(book.close(userId));
  }

  private expire(nowMs: number): void {
    const { interest } = this.options;
    const ended = interest.users.expire(nowMs);
    for (const userId of ended) this.close(userId);
    interest.pages.expire(nowMs);
    if (ended.length > 0) this.changed();
  }

  /** The home has registered what the request says. */
  private answered({ users }: InterestRequest, { pages, refused }: InterestAnswer): void {
    const notTaken = new Set(refused?.users);
    users?.add.forEach((userId, place) => {
      if (!notTaken.has(place) && this.sessions.has(userId)) this.options.reader.want(userId);
    });
    this.takePages(pages ?? []);
  }

  private pushed({ pages, users }: PushRequest): void {
    for (const userId of users ?? [])
      if (this.sessions.has(userId)) this.options.reader.want(userId);
    this.takePages(pages ?? []);
  }

  private takePages(wire: readonly WirePageModifications[]): void {
    if (wire.length === 0) return;
    const { book, clock, metrics } = this.options;
    const nowMs = clock.nowMs();
    const told = new Set<ViewerId>();
    for (const row of wire) {
      const { verdict, changed } = book.takePage(decodePageModifications(row), nowMs);
      metrics.values.inc({ taken: verdict });
      for (const userId of changed) told.add(userId);
    }
    for (const userId of told) this.tell(userId);
    this.changed();
  }

  private hold(pageId: PageId, owner: Owner): void {
    const { pages } = this.options.interest;
    const page = { pageId, pairsAbove: null };
    // In its grace the home knows of it still, but its modifications have been let go here.
    if (pages.wants(page)) pages.askFor(page);
    pages.hold(page, owner);
  }

  private release(pageIds: readonly PageId[]): void {
    const nowMs = this.options.clock.monotonicMs();
    for (const pageId of pageIds)
      this.options.interest.pages.release({ pageId, pairsAbove: null }, nowMs);
  }

  /** Asks for pairs that are needed, and has the home told of whatever there is to tell. */
  private changed(): void {
    const { book, interest, counters, metrics } = this.options;
    for (const page of book.takeWanted()) interest.pages.askFor(page);
    metrics.users.set(book.userCount);
    metrics.pages.set(book.pageCount);
    counters.wake();
  }

  private awaitMuteEnd(userId: ViewerId): void {
    const { book, clock } = this.options;
    const session = this.sessions.get(userId);
    if (session === undefined) return;
    if (session.muteEnd) clearTimeout(session.muteEnd);
    const nowMs = clock.nowMs();
    const endMs = book.nextMuteEndMs(userId, nowMs);
    session.muteEnd =
      endMs === null
        ? null
        : setTimeout(() => this.muteEnded(userId), Math.min(endMs - nowMs, TIMER_MS_MAX));
  }

  private muteEnded(userId: ViewerId): void {
    const isNews = this.options.book.passTime(userId, this.options.clock.nowMs());
    this.awaitMuteEnd(userId);
    if (isNews) this.tell(userId);
    this.changed();
  }

  private tell(userId: ViewerId): void {
    for (const listener of this.sessions.get(userId)?.listeners ?? []) listener();
  }

  private eventOf({ userId, grants }: UnreadAsk): UnreadNews | undefined {
    const refusal = this.sessions.get(userId)?.refusal;
    if (refusal) return refusal;
    const pages = this.options.book.unread(userId);
    if (pages === undefined) return undefined;
    const all = [...pages];
    const seen = grants.viewsAll ? all : all.filter(({ pageId }) => grants.mayView(pageId));
    return new UnreadEvent(userId, seen);
  }
}
