/**
 * What the users of this gateway have not read, computed here from what they follow and from how often those pages were
 * modified (DESIGN.md §8).
 *
 * Shape   user -> follows, counts of the pages with something unread; page -> modifications, once for all, and its followers.
 * Cost    a modified page costs O(followers here), each O(writers + pairs); a changed user O(follows of the user).
 * K1      nothing is told of a user before all follows and all their pages are known.
 * K2, K3  see FollowedPage; whoever has to know of pairs that are not here is not told of until they are.
 * K4      memory is held for users that are open, and for pages that one of them follows.
 */
import { isMuted, type Follow } from '@headcount/crdt';
import {
  unreadOf,
  type PageId,
  type PageModificationsValue,
  type PageUnreadValue,
  type ViewerId,
} from '@headcount/protocol';
import { FollowedPage } from './followed-page.js';
import type { PageInterest } from './interest-book.js';
import { isSame } from './page-unread.js';

/** Pages that somebody follows now and nobody did before, and those that nobody follows any more. */
export interface PagesChanged {
  readonly begun: readonly PageId[];
  readonly ended: readonly PageId[];
}

/** What became of a user's follows. */
export interface FollowsTaken extends PagesChanged {
  /** Whether the user is shown something else now. */
  readonly isNews: boolean;
}

/** What became of a page's modifications. */
export interface PageTaken {
  readonly verdict: 'news' | 'stale' | 'unwanted';
  /** Users that are shown something else now. */
  readonly changed: readonly ViewerId[];
}

interface User {
  readonly id: ViewerId;
  follows: ReadonlyMap<PageId, Follow> | null;
  readonly unread: Map<PageId, PageUnreadValue>;
  /** Followed pages of which not everything is known that is needed. */
  readonly lacking: Set<PageId>;
}

type Page = FollowedPage<User>;

export class UnreadBook {
  private readonly users = new Map<ViewerId, User>();
  private readonly pages = new Map<PageId, Page>();
  /** Pages of which pairs are wanted. */
  private readonly wanting = new Set<Page>();

  /** Users that are open. */
  get userCount(): number {
    return this.users.size;
  }

  /** Pages that they follow. */
  get pageCount(): number {
    return this.pages.size;
  }

  /** From now on the user is kept. */
  open(userId: ViewerId): void {
    if (this.users.has(userId)) return;
    const user = { id: userId, follows: null, unread: new Map(), lacking: new Set<PageId>() };
    this.users.set(userId, user);
  }

  /** The user is kept no longer. Gives the pages that nobody follows any more. */
  close(userId: ViewerId): readonly PageId[] {
    const user = this.users.get(userId);
    if (user === undefined) return [];
    this.users.delete(userId);
    return [...(user.follows?.keys() ?? [])].filter((pageId) => this.leave(pageId, user));
  }

  /** All that a user follows. Nothing of a user who is not open. */
  takeFollows(userId: ViewerId, follows: ReadonlyMap<PageId, Follow>, nowMs: number): FollowsTaken {
    const user = this.users.get(userId);
    if (user === undefined) return { begun: [], ended: [], isNews: false };
    const before = user.follows ?? new Map<PageId, Follow>();
    const wasShown = isShown(user);
    user.follows = follows;
    const ended = [...before.keys()].filter(
      (pageId) => !follows.has(pageId) && this.leave(pageId, user),
    );
    let isChanged = false;
    for (const pageId of before.keys()) {
      if (follows.has(pageId)) continue;
      isChanged = user.unread.delete(pageId) || isChanged;
      user.lacking.delete(pageId);
    }
    const begun: PageId[] = [];
    for (const pageId of follows.keys()) {
      if (!this.pages.has(pageId)) begun.push(pageId);
      isChanged = this.count(user, this.join(pageId, user), nowMs) || isChanged;
    }
    return { begun, ended, isNews: isShown(user) && (isChanged || !wasShown) };
  }

  /** What is told of a page (K2). */
  takePage(value: PageModificationsValue, nowMs: number): PageTaken {
    const page = this.pages.get(value.pageId);
    if (page === undefined) return { verdict: 'unwanted', changed: [] };
    const isNews = page.take(value);
    if (page.wantedAbove < Infinity) this.wanting.add(page);
    if (!isNews) return { verdict: 'stale', changed: [] };
    const changed: ViewerId[] = [];
    for (const user of page.followers) {
      const wasShown = isShown(user);
      const isChanged = this.count(user, page, nowMs);
      if (isShown(user) && (isChanged || !wasShown)) changed.push(user.id);
    }
    return { verdict: 'news', changed };
  }

  /** Pages of which more pairs have to be asked for, each told of once. */
  takeWanted(): readonly PageInterest[] {
    const wanted = [...this.wanting].map((page) => {
      const pairsAbove = page.wantedAbove;
      page.wantedAbove = Infinity;
      return { pageId: page.id, pairsAbove };
    });
    this.wanting.clear();
    return wanted;
  }

  /** The pages of a user with something unread, in no order; undefined: not all is known yet (K1). */
  unread(userId: ViewerId): Iterable<PageUnreadValue> | undefined {
    const user = this.users.get(userId);
    return user && isShown(user) ? user.unread.values() : undefined;
  }

  /** When the next mute of a user ends; null: none does. Cost O(follows). */
  nextMuteEndMs(userId: ViewerId, nowMs: number): number | null {
    let next = Infinity;
    for (const follow of this.users.get(userId)?.follows?.values() ?? [])
      if (isMuted(follow, nowMs)) next = Math.min(next, follow.mute.untilMs);
    return next === Infinity ? null : next;
  }

  /** Time has passed: whether the user is shown something else now, as mutes have ended. Cost O(follows). */
  passTime(userId: ViewerId, nowMs: number): boolean {
    const user = this.users.get(userId);
    if (!user?.follows) return false;
    let isChanged = false;
    for (const [pageId, { mute }] of user.follows) {
      const page = mute.untilMs > 0 ? this.pages.get(pageId) : undefined;
      if (page) isChanged = this.count(user, page, nowMs) || isChanged;
    }
    return isChanged && isShown(user);
  }

  private join(pageId: PageId, user: User): Page {
    let page = this.pages.get(pageId);
    if (page === undefined) {
      page = new FollowedPage(pageId);
      this.pages.set(pageId, page);
    }
    page.followers.add(user);
    return page;
  }

  /** Whether nobody follows the page any more. */
  private leave(pageId: PageId, user: User): boolean {
    const page = this.pages.get(pageId);
    if (!page?.followers.delete(user) || page.followers.size > 0) return false;
    this.wanting.delete(page);
    return this.pages.delete(pageId);
  }

  /** Counts anew what the user has not read of a page; whether that is something else than before. */
  private count(user: User, page: Page, nowMs: number): boolean {
    const follow = user.follows?.get(page.id);
    if (follow === undefined) return false;
    if (!page.isEnough(follow, nowMs)) {
      if (page.wantedAbove < Infinity) this.wanting.add(page);
      user.lacking.add(page.id);
      return false;
    }
    user.lacking.delete(page.id);
    const [counted] = unreadOf([[page.id, follow]], () => page.modified, nowMs).pages;
    const before = user.unread.get(page.id);
    if (counted === undefined) return user.unread.delete(page.id);
    user.unread.set(page.id, counted);
    return before === undefined || !isSame(before, counted);
  }
}

function isShown({ follows, lacking }: User): boolean {
  return follows !== null && lacking.size === 0;
}
