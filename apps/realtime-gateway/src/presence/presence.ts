import type { PresenceBook, PresenceChange, SocketId } from '@headcount/gateway-core';
import type { PageId } from '@headcount/protocol';
import type { SessionMetrics } from '../subscriptions/session-metrics.js';
import type { Uplink } from '../uplink/uplink.js';
import type { Visitor } from './visitor.js';

/**
 * How long a socket that has left its last page still counts on the site, in milliseconds: clients end
 * the subscription of one page before they begin that of the next, and nobody leaves the site by that.
 */
export const MOVE_MS = 500;

/** Keeps the book of who is where, and sends what changes on its way. */
export class Presence {
  /** Sockets between two pages, and what ends their time. */
  private readonly moving = new Map<SocketId, NodeJS.Timeout>();

  constructor(
    private readonly book: PresenceBook,
    private readonly uplink: Pick<Uplink, 'change'>,
    private readonly metrics: SessionGauges,
  ) {}

  /** A session of the visitor begins on a page; the result ends it. Ended twice it ends once. */
  join({ socketId, viewerId }: Visitor, pageId: PageId): () => void {
    this.arrived(socketId);
    this.changed(this.book.join(socketId, viewerId, pageId));
    let joined = true;
    return () => {
      if (!joined) return;
      joined = false;
      this.changed(this.book.leavePage(socketId, pageId));
      if (this.book.isBetweenPages(socketId)) this.linger(socketId);
    };
  }

  /** The visitor's socket has closed, and with it every session it may still have. */
  leave({ socketId }: Visitor): void {
    this.arrived(socketId);
    this.changed(this.book.leaveAll(socketId));
  }

  /** Distinct viewers on a page of this gateway. */
  viewersOn(pageId: PageId): number {
    return this.book.at(pageId).viewers;
  }

  /** Lets a socket go that comes to no other page in time. */
  private linger(socketId: SocketId): void {
    const letGo = (): void => {
      this.moving.delete(socketId);
      this.changed(this.book.letGo(socketId));
    };
    this.moving.set(socketId, setTimeout(letGo, MOVE_MS));
  }

  private arrived(socketId: SocketId): void {
    clearTimeout(this.moving.get(socketId));
    this.moving.delete(socketId);
  }

  private changed(changes: readonly PresenceChange[]): void {
    this.metrics.sessions.set(this.book.sessions);
    this.metrics.pages.set(this.book.pagesInUse);
    this.uplink.change(changes);
  }
}

/** Of its metrics, those that are set here. */
type SessionGauges = Record<'sessions' | 'pages', Pick<SessionMetrics['sessions'], 'set'>>;
