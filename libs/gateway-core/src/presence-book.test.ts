import { SITE, type PageId, type ViewerId } from '@headcount/protocol';
import { PresenceBook } from './presence-book.js';

const [ada, bob] = ['ada', 'bob'] as [ViewerId, ViewerId];
const [home, shop] = ['/', '/shop'] as [PageId, PageId];

describe('PresenceBook', () => {
  it('counts two sockets of one viewer as one viewer with two connections', () => {
    const book = new PresenceBook();
    book.join(1, ada, home);
    book.join(2, ada, home);
    expect(book.at(home)).toEqual({ viewers: 1, connections: 2 });
    expect(book.at(SITE)).toEqual({ viewers: 1, connections: 2 });
  });

  it('counts a viewer of two pages once on the site', () => {
    const book = new PresenceBook();
    book.join(1, ada, home);
    expect(book.join(1, ada, shop)).toEqual([
      { pageId: shop, presence: { viewers: 1, connections: 1 } },
    ]);
    expect(book.at(SITE)).toEqual({ viewers: 1, connections: 1 });
  });

  it('keeps a socket on a page until its last session there has ended', () => {
    const book = new PresenceBook();
    book.join(1, ada, home);
    expect(book.join(1, ada, home)).toEqual([]);
    expect(book.leave(1, home)).toEqual([]);
    expect(book.leave(1, home)).toEqual([
      { pageId: home, presence: { viewers: 0, connections: 0 } },
      { pageId: SITE, presence: { viewers: 0, connections: 0 } },
    ]);
  });

  it('keeps on SITE who has left its last page, until it is let go or joins another', () => {
    const book = new PresenceBook();
    book.join(1, ada, home);
    expect(book.leavePage(1, home)).toEqual([
      { pageId: home, presence: { viewers: 0, connections: 0 } },
    ]);
    expect([book.isBetweenPages(1), book.at(SITE).viewers]).toEqual([true, 1]);
    expect(book.join(1, ada, shop)).toEqual([
      { pageId: shop, presence: { viewers: 1, connections: 1 } },
    ]);
    expect(book.letGo(1)).toEqual([]);
    book.leavePage(1, shop);
    expect(book.letGo(1)).toEqual([{ pageId: SITE, presence: { viewers: 0, connections: 0 } }]);
    expect([book.letGo(1), book.isBetweenPages(1), book.socketsPresent]).toEqual([[], false, 0]);
  });

  it('takes the end of a session that has ended already for nothing', () => {
    const book = new PresenceBook();
    book.join(1, ada, home);
    book.join(2, bob, home);
    book.leaveAll(1);
    expect(book.leave(1, home)).toEqual([]);
    expect(book.leaveAll(1)).toEqual([]);
    expect(book.at(home)).toEqual({ viewers: 1, connections: 1 });
  });

  it('refuses a socket that changes its viewer, and a session on SITE', () => {
    const book = new PresenceBook();
    book.join(1, ada, home);
    expect(() => book.join(1, bob, home)).toThrow('B2');
    expect(() => book.join(1, ada, SITE)).toThrow('B3');
  });
});
