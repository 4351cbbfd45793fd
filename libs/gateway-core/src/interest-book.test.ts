import {
  BODY_BYTES_MAX,
  INTEREST_COUNTERS_MAX,
  VIEWERS,
  interestRequest,
  type InterestRequest,
  type PageId,
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
