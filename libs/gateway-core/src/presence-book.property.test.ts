/**
 * Random joins, leaves and ends of sockets, held against a model that keeps nothing but the list of
 * live sessions and counts it anew for every question.
 */
import { NOBODY, type Presence } from '@headcount/crdt';
import { SITE, type PageId, type ViewerId } from '@headcount/protocol';
import fc from 'fast-check';
import { PresenceBook, type PresenceChange, type SocketId } from './presence-book.js';

const PAGES = ['a', 'b', 'c'] as PageId[];
const VIEWERS = ['v0', 'v1', 'v2'] as ViewerId[];
const SOCKETS = 6;

/** A socket is one viewer's: two sockets a viewer. */
const viewerOf = (socketId: SocketId): ViewerId => VIEWERS[socketId % VIEWERS.length]!;

interface Session {
  readonly socketId: SocketId;
  readonly pageId: PageId;
}

interface Step extends Session {
  readonly does: 'join' | 'leave' | 'leaveAll';
}

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('join', 'join', 'leave', 'leaveAll'),
  socketId: fc.nat(SOCKETS - 1),
  pageId: fc.constantFrom(...PAGES),
});

function presenceIn(sessions: readonly Session[], pageId: PageId): Presence {
  const there =
    pageId === SITE ? sessions : sessions.filter((session) => session.pageId === pageId);
  const sockets = new Set(there.map(({ socketId }) => socketId));
  return { viewers: new Set([...sockets].map(viewerOf)).size, connections: sockets.size };
}

interface Applied {
  readonly changes: readonly PresenceChange[];
  readonly after: readonly Session[];
}

function apply(book: PresenceBook, sessions: readonly Session[], made: Step): Applied {
  const { does, socketId, pageId } = made;
  switch (does) {
    case 'join':
      return {
        changes: book.join(socketId, viewerOf(socketId), pageId),
        after: [...sessions, { socketId, pageId }],
      };
    case 'leave': {
      const gone = sessions.findIndex(
        (held) => held.socketId === socketId && held.pageId === pageId,
      );
      return {
        changes: book.leave(socketId, pageId),
        after: sessions.filter((_, at) => at !== gone),
      };
    }
    case 'leaveAll':
      return {
        changes: book.leaveAll(socketId),
        after: sessions.filter((held) => held.socketId !== socketId),
      };
  }
}

const asMap = (changes: readonly PresenceChange[]): Map<PageId, Presence> =>
  new Map(changes.map(({ pageId, presence }) => [pageId, presence]));

describe('PresenceBook against a list of sessions', () => {
  it('counts as the list does and tells exactly the pages whose numbers changed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const book = new PresenceBook();
        let sessions: readonly Session[] = [];
        for (const made of steps) {
          const { changes, after } = apply(book, sessions, made);
          const expected = new Map<PageId, Presence>();
          for (const pageId of [...PAGES, SITE]) {
            const presence = presenceIn(after, pageId);
            expect(book.at(pageId)).toEqual(presence);
            if (fc.stringify(presence) !== fc.stringify(presenceIn(sessions, pageId))) {
              expected.set(pageId, presence);
            }
          }
          expect(asMap(changes)).toEqual(expected);
          expect(changes).toHaveLength(expected.size);
          sessions = after;
        }
        expect(book.sessions).toBe(sessions.length);
      }),
    );
  });

  it('holds nothing once everybody has left (B4)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const book = new PresenceBook();
        for (const made of steps) apply(book, [], made);
        for (let socketId = 0; socketId < SOCKETS; socketId += 1) book.leaveAll(socketId);
        expect([book.socketsPresent, book.pagesInUse, book.sessions]).toEqual([0, 0, 0]);
        expect(book.at(SITE)).toEqual(NOBODY);
      }),
    );
  });
});
