import type { PresenceBook, PresenceChange } from '@headcount/gateway-core';
import type { PageId } from '@headcount/protocol';
import type { SessionMetrics } from '../subscriptions/session-metrics.js';
import type { Uplink } from '../uplink/uplink.js';
import type { Visitor } from './visitor.js';

/** Keeps the book of who is where, and sends what changes on its way. */
export class Presence {
  constructor(
    private readonly book: PresenceBook,
    private readonly uplink: Uplink,
    private readonly metrics: SessionMetrics,
  ) {}

  /** A session of the visitor begins on a page; the result ends it. Ended twice it ends once. */
  join({ socketId, viewerId }: Visitor, pageId: PageId): () => void {
    this.changed(this.book.join(socketId, viewerId, pageId));
    let joined = true;
    return () => {
      if (!joined) return;
      joined = false;
      this.changed(this.book.leave(socketId, pageId));
    };
  }

  /** The visitor's socket has closed, and with it every session it may still have. */
  leave({ socketId }: Visitor): void {
    this.changed(this.book.leaveAll(socketId));
  }

  /** Distinct viewers on a page of this gateway. */
  viewersOn(pageId: PageId): number {
    return this.book.at(pageId).viewers;
  }

  private changed(changes: readonly PresenceChange[]): void {
    this.metrics.sessions.set(this.book.sessions);
    this.metrics.pages.set(this.book.pagesInUse);
    this.uplink.change(changes);
  }
}
