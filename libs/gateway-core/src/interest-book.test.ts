import {
  BODY_BYTES_MAX,
  INTEREST_COUNTERS_MAX,
  VIEWERS,
  interestRequest,
  type InterestRequest,
  type PageId,
  type ViewerId,
} from '@headcount/protocol';
import type { CounterId } from './counter-key.js';
import { InterestBook } from './interest-book.js';
import { GRACE_MS } from './wanted-set.js';

const viewersOf = (page: string): CounterId => ({ pageId: page as PageId, name: VIEWERS });

/** A book whose home has been told everything. */
function told(...pages: string[]): InterestBook {
  const book = new InterestBook();
  for (const page of pages) book.counters.hold(viewersOf(page));
  book.takeRequest();
  book.succeeded();
  return book;
}

describe('InterestBook', () => {
  it('states the interest as a whole first, even where there is none', () => {
    expect(new InterestBook().takeRequest()).toEqual({ whole: true, add: [], drop: [] });
  });

  it('asks once for a counter with many holders', () => {
    const book = told('/');
    book.counters.hold(viewersOf('/'));
    expect(book.takeRequest()).toBeNull();
  });

  it('keeps a counter for a while after its last holder, then drops it (N1)', () => {
    const book = told('/');
    book.counters.release(viewersOf('/'), 1000);
    expect(book.nextEndMs).toBe(1000 + GRACE_MS);
    expect(book.counters.expire(999 + GRACE_MS)).toEqual([]);
    expect(book.takeRequest()).toBeNull();
    expect(book.counters.expire(1000 + GRACE_MS)).toEqual([viewersOf('/')]);
    expect(book.takeRequest()).toEqual({ whole: false, add: [], drop: [['/', VIEWERS]] });
  });

  it('says nothing about a counter that is wanted again within the grace', () => {
    const book = told('/');
    book.counters.release(viewersOf('/'), 0);
    book.counters.hold(viewersOf('/'));
    expect(book.nextEndMs).toBeNull();
    expect(book.counters.expire(GRACE_MS)).toEqual([]);
    expect(book.takeRequest()).toBeNull();
  });

  it('has one request under way at a time (N2)', () => {
    const book = told();
    book.counters.hold(viewersOf('/a'));
    expect(book.takeRequest()?.add).toHaveLength(1);
    book.counters.hold(viewersOf('/b'));
    expect(book.takeRequest()).toBeNull();
    book.succeeded();
    expect(book.takeRequest()?.add).toEqual([['/b', VIEWERS]]);
  });

  it('asks again for the values of counters that it has asked for before', () => {
    const book = told('/a', '/b');
    book.counters.askAgain(({ pageId }) => pageId === '/b');
    expect(book.takeRequest()).toEqual({ whole: false, add: [['/b', VIEWERS]], drop: [] });
  });

  it('asks for the one counter of whoever comes last in the next request (N4)', () => {
    const book = told();
    for (let stranger = 0; stranger < 60; stranger += 1) {
      const owner = { watched: 2000 };
      for (let n = 0; n < 2000; n += 1) book.counters.hold(viewersOf(`/${stranger}/${n}`), owner);
    }
    book.counters.hold(viewersOf('/honest'), { watched: 1 });
    expect(book.takeRequest()?.add).toContainEqual(['/honest', VIEWERS]);
  });

  it('asks in the line of the owner that watches least, also where it comes later or all is told anew (N4)', () => {
    const book = told();
    const [stranger, honest] = [{ watched: 5000 }, { watched: 1 }];
    for (let n = 0; n < 5000; n += 1) book.counters.hold(viewersOf(`/${n}`), stranger);
    book.counters.hold(viewersOf('/4999'), honest);
    expect(book.takeRequest()?.add).toContainEqual(['/4999', VIEWERS]);
    book.failed();
    book.restate();
    expect(book.takeRequest()?.add).toContainEqual(['/4999', VIEWERS]);
  });

  it('has room for what is added however much there is to drop, and for each kind', () => {
    const pages = Array.from({ length: 20_000 }, (_, n) => `/${'x'.repeat(240)}/${n}`);
    const book = told(...pages);
    while (book.takeRequest() !== null) book.succeeded();
    for (const page of pages) book.counters.release(viewersOf(page), 0);
    book.counters.expire(GRACE_MS);
    for (const page of pages)
      book.pages.hold({ pageId: `${page}/followed` as PageId, pairsAbove: 0 });
    book.counters.hold(viewersOf('/honest'), { watched: 1 });
    book.users.hold('ann' as ViewerId);
    const request = book.takeRequest();
    expect(request?.add).toContainEqual(['/honest', VIEWERS]);
    expect(request?.users?.add).toEqual(['ann']);
    expect(request?.drop.length).toBeGreaterThan(0);
    expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThanOrEqual(BODY_BYTES_MAX);
  });

  it('asks again for what a home without room has refused, after the next sync (N5)', () => {
    const book = told('/kept');
    for (const page of ['/a', '/b', '/c']) book.counters.hold(viewersOf(page));
    book.users.hold('ann' as ViewerId);
    book.takeRequest();
    book.succeeded({ counters: [1, 2], users: [0], pages: [] });
    expect(book.takeRequest()).toBeNull();
    book.counters.release(viewersOf('/kept'), 0);
    book.counters.expire(GRACE_MS);
    expect(book.takeRequest()).toEqual({ whole: false, add: [], drop: [['/kept', VIEWERS]] });
    book.succeeded();
    expect(book.takeRequest()).toBeNull();
    book.synced();
    const again = book.takeRequest();
    expect(again?.add).toEqual(['/b', '/c'].map((page) => [page, VIEWERS]));
    expect(again?.users?.add).toEqual(['ann']);
  });

  it('keeps every request within the limits of the protocol', () => {
    const book = new InterestBook();
    const pages = Array.from({ length: 25_000 }, (_, n) =>
      n < 5000 ? `/${'x'.repeat(240)}/${n}` : `/${n}`,
    );
    for (const page of pages) book.counters.hold(viewersOf(page));
    const requests: InterestRequest[] = [];
    for (let next = book.takeRequest(); next !== null; next = book.takeRequest()) {
      requests.push(next);
      book.succeeded();
    }
    expect(requests.map(({ whole }) => whole)).toEqual([
      true,
      ...requests.slice(1).map(() => false),
    ]);
    expect(requests.flatMap(({ add }) => add)).toHaveLength(pages.length);
    for (const request of requests) {
      expect(request.add.length).toBeLessThanOrEqual(INTEREST_COUNTERS_MAX);
      expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThanOrEqual(BODY_BYTES_MAX);
      expect(interestRequest.safeParse(request).success).toBe(true);
    }
  });
});
