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
  readonly does: 'join' | 'leave' | 'leaveAll' | 'leavePage' | 'letGo';
}

/** The live sessions, and the sockets that are on SITE without one. */
interface Model {
  readonly sessions: readonly Session[];
  readonly between: ReadonlySet<SocketId>;
}

const EMPTY: Model = { sessions: [], between: new Set() };

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('join', 'join', 'leave', 'leaveAll', 'leavePage', 'letGo'),
  socketId: fc.nat(SOCKETS - 1),
  pageId: fc.constantFrom(...PAGES),
});

function presenceIn({ sessions, between }: Model, pageId: PageId): Presence {
  const there =
    pageId === SITE ? sessions : sessions.filter((session) => session.pageId === pageId);
  const sockets = new Set(there.map(({ socketId }) => socketId));
  if (pageId === SITE) for (const socketId of between) sockets.add(socketId);
  return { viewers: new Set([...sockets].map(viewerOf)).size, connections: sockets.size };
}

interface Applied {
  readonly changes: readonly PresenceChange[];
  readonly after: Model;
}

function apply(book: PresenceBook, { sessions, between }: Model, made: Step): Applied {
  const { does, socketId, pageId } = made;
  const gone = sessions.findIndex((held) => held.socketId === socketId && held.pageId === pageId);
  const left = sessions.filter((_, at) => at !== gone);
  const others = sessions.filter((held) => held.socketId !== socketId);
  const without = new Set([...between].filter((held) => held !== socketId));
  const isLast = gone >= 0 && !left.some((held) => held.socketId === socketId);
  switch (does) {
    case 'join':
      return {
        changes: book.join(socketId, viewerOf(socketId), pageId),
        after: { sessions: [...sessions, { socketId, pageId }], between: without },
      };
    case 'leave':
      return { changes: book.leave(socketId, pageId), after: { sessions: left, between } };
    case 'leavePage':
      return {
        changes: book.leavePage(socketId, pageId),
        after: { sessions: left, between: isLast ? new Set([...between, socketId]) : between },
      };
    case 'letGo':
      return { changes: book.letGo(socketId), after: { sessions, between: without } };
    case 'leaveAll':
      return { changes: book.leaveAll(socketId), after: { sessions: others, between: without } };
  }
}

const asMap = (changes: readonly PresenceChange[]): Map<PageId, Presence> =>
  new Map(changes.map(({ pageId, presence }) => [pageId, presence]));

describe('PresenceBook against a list of sessions', () => {
  it('counts as the list does and tells exactly the pages whose numbers changed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const book = new PresenceBook();
        let model = EMPTY;
        for (const made of steps) {
          const { changes, after } = apply(book, model, made);
          const expected = new Map<PageId, Presence>();
          for (const pageId of [...PAGES, SITE]) {
            const presence = presenceIn(after, pageId);
            expect(book.at(pageId)).toEqual(presence);
            if (fc.stringify(presence) !== fc.stringify(presenceIn(model, pageId))) {
              expected.set(pageId, presence);
            }
          }
          expect(asMap(changes)).toEqual(expected);
          expect(changes).toHaveLength(expected.size);
          model = after;
          for (let socketId = 0; socketId < SOCKETS; socketId += 1)
            expect(book.isBetweenPages(socketId)).toBe(model.between.has(socketId));
        }
        expect(book.sessions).toBe(model.sessions.length);
      }),
    );
  });

  it('holds nothing once everybody has left (B4)', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const book = new PresenceBook();
        for (const made of steps) apply(book, EMPTY, made);
        for (let socketId = 0; socketId < SOCKETS; socketId += 1) book.leaveAll(socketId);
        expect([book.socketsPresent, book.pagesInUse, book.sessions]).toEqual([0, 0, 0]);
        expect(book.at(SITE)).toEqual(NOBODY);
      }),
    );
  });
});
