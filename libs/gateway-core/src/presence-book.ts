/**
 * Who is on which page on this gateway.
 *
 * Shape   socket -> its sessions a page; page -> its viewers, each with the number of sockets it
 *         has there.
 * B1      a socket is on a page from its first session there to its last, however many lie in
 *         between.
 * B2      a viewer counts once on a page, whatever its sockets; connections are the sockets there.
 * B3      every socket that is on any page is on SITE as well, so SITE counts each viewer once; it
 *         stays there between two pages, until it is let go.
 * B4      memory is held for present sockets only: the last leaver takes its page along.
 */
import { assert, NOBODY, type Presence } from '@headcount/crdt';
import { SITE, type PageId, type ViewerId } from '@headcount/protocol';

/** Names a socket of this gateway; never given out twice. */
export type SocketId = number;

/** What a page's presence has become. */
export interface PresenceChange {
  readonly pageId: PageId;
  readonly presence: Presence;
}

interface Attendance {
  readonly socketsOf: Map<ViewerId, number>;
  connections: number;
}

interface SocketEntry {
  readonly viewerId: ViewerId;
  readonly sessionsOn: Map<PageId, number>;
}

export class PresenceBook {
  private readonly sockets = new Map<SocketId, SocketEntry>();
  private readonly pages = new Map<PageId, Attendance>();
  private sessionCount = 0;

  /** Sockets with at least one session, and those between two pages. */
  get socketsPresent(): number {
    return this.sockets.size;
  }

  /** Pages with at least one session, SITE left out. */
  get pagesInUse(): number {
    return this.pages.has(SITE) ? this.pages.size - 1 : 0;
  }

  /** Live sessions of all sockets. */
  get sessions(): number {
    return this.sessionCount;
  }

  /** Who is on a page at present. */
  at(pageId: PageId): Presence {
    const attendance = this.pages.get(pageId);
    return attendance === undefined ? NOBODY : presenceOf(attendance);
  }

  /**
   * A session of `viewerId` begins on a page, over a socket that is that viewer's alone.
   * Gives the pages whose numbers changed. Cost O(1).
   */
  join(socketId: SocketId, viewerId: ViewerId, pageId: PageId): readonly PresenceChange[] {
    assert(pageId !== SITE, 'B3: nobody joins SITE by itself');
    const changed: PageId[] = [];
    let socket = this.sockets.get(socketId);
    if (socket === undefined) {
      socket = { viewerId, sessionsOn: new Map() };
      this.sockets.set(socketId, socket);
      this.enter(SITE, viewerId);
      changed.push(SITE);
    }
    assert(
      socket.viewerId === viewerId,
      'B2: a socket is one viewer’s from its first session to its last',
    );
    const sessionsBefore = socket.sessionsOn.get(pageId) ?? 0;
    socket.sessionsOn.set(pageId, sessionsBefore + 1);
    this.sessionCount += 1;
    if (sessionsBefore === 0) {
      this.enter(pageId, viewerId);
      changed.push(pageId);
    }
    return this.changes(changed);
  }

  /**
   * A session ends. One that is not held ends without an effect, for a socket's end ends all of its
   * sessions and each of them may report its own end afterwards. Gives the pages whose numbers
   * changed.
   */
  leave(socketId: SocketId, pageId: PageId): readonly PresenceChange[] {
    const changes = this.leavePage(socketId, pageId);
    return changes.length > 0 ? [...changes, ...this.letGo(socketId)] : changes;
  }

  /** Like `leave`, but a socket that is on no page any more stays on SITE, for it may join another. */
  leavePage(socketId: SocketId, pageId: PageId): readonly PresenceChange[] {
    const socket = this.sockets.get(socketId);
    const sessionsBefore = socket?.sessionsOn.get(pageId);
    if (socket === undefined || sessionsBefore === undefined) return [];
    this.sessionCount -= 1;
    if (sessionsBefore > 1) {
      socket.sessionsOn.set(pageId, sessionsBefore - 1);
      return [];
    }
    socket.sessionsOn.delete(pageId);
    this.exit(pageId, socket.viewerId);
    return this.changes([pageId]);
  }

  /** Whether a socket is on SITE and on no page. */
  isBetweenPages(socketId: SocketId): boolean {
    return this.sockets.get(socketId)?.sessionsOn.size === 0;
  }

  /** Takes a socket that is between two pages off SITE; nothing where it is not. */
  letGo(socketId: SocketId): readonly PresenceChange[] {
    return this.isBetweenPages(socketId) ? this.leaveAll(socketId) : [];
  }

  /** A socket ends, and with it all its sessions. Gives the pages whose numbers changed. */
  leaveAll(socketId: SocketId): readonly PresenceChange[] {
    const socket = this.sockets.get(socketId);
    if (socket === undefined) return [];
    const left: PageId[] = [];
    for (const [pageId, sessions] of socket.sessionsOn) {
      this.sessionCount -= sessions;
      this.exit(pageId, socket.viewerId);
      left.push(pageId);
    }
    this.sockets.delete(socketId);
    this.exit(SITE, socket.viewerId);
    return this.changes([...left, SITE]);
  }

  private enter(pageId: PageId, viewerId: ViewerId): void {
    let attendance = this.pages.get(pageId);
    if (attendance === undefined) {
      attendance = { socketsOf: new Map(), connections: 0 };
      this.pages.set(pageId, attendance);
    }
    attendance.socketsOf.set(viewerId, (attendance.socketsOf.get(viewerId) ?? 0) + 1);
    attendance.connections += 1;
  }

  private exit(pageId: PageId, viewerId: ViewerId): void {
    const attendance = this.pages.get(pageId);
    const sockets = attendance?.socketsOf.get(viewerId);
    assert(attendance && sockets, 'B1: only who is on a page leaves it');
    if (sockets > 1) attendance.socketsOf.set(viewerId, sockets - 1);
    else attendance.socketsOf.delete(viewerId);
    attendance.connections -= 1;
    if (attendance.connections === 0) this.pages.delete(pageId);
  }

  private changes(pageIds: readonly PageId[]): readonly PresenceChange[] {
    return pageIds.map((pageId) => ({ pageId, presence: this.at(pageId) }));
  }
}

function presenceOf({ socketsOf, connections }: Attendance): Presence {
  return { viewers: socketsOf.size, connections };
}
