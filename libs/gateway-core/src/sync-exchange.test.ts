import type { SyncAnswer } from '@headcount/protocol';
import { VIEWERS, bucketOf, type CounterValue, type PageId } from '@headcount/protocol';
import { CounterValues } from './counter-values.js';
import { InterestBook } from './interest-book.js';
import { PushStream } from './push-stream.js';
import { FeedBook } from './feed-book.js';
import { SyncExchange } from './sync-exchange.js';

const BUCKETS = 8;
const URL = 'http://127.0.0.1:4001';
const page = '/' as PageId;
const bucket = bucketOf(page, BUCKETS);
const INCARNATION = '0'.repeat(20);

const value: CounterValue = {
  pageId: page,
  name: VIEWERS,
  count: 1,
  connections: 1,
  updatedAtMs: null,
  incarnation: INCARNATION,
  rev: 9,
  staleRegions: [],
};
const answerOf = (more: Partial<SyncAnswer> = {}): SyncAnswer => ({
  region: 'local',
  datagramPort: 4000,
  stored: [],
  stream: 3,
  ...more,
});

/** One page with one viewer; the interest is told, and one push of it taken. */
function begun() {
  const books = {
    feeds: new FeedBook(BUCKETS, 100),
    values: new CounterValues(BUCKETS),
    interest: new InterestBook(),
    stream: new PushStream(),
  };
  books.feeds.change({ pageId: page, presence: { viewers: 1, connections: 1 } }, 0);
  books.feeds.takeDue(0, true);
  books.values.take(value);
  books.interest.takeRequest();
  books.interest.succeeded();
  books.stream.begun(2);
  books.stream.push({ from: 2, to: 3 });
  return { ...books, exchange: new SyncExchange(books, BUCKETS) };
}

describe('SyncExchange', () => {
  it('states the heartbeat, every version with the position of its bucket, and the stream', () => {
    const { exchange } = begun();
    exchange.ask(1, URL);
    expect(exchange.ask(2, URL).request).toEqual({
      buckets: BUCKETS,
      url: URL,
      heartbeat: 2,
      versions: [[bucket, 1, INCARNATION, 0, 9]],
      stream: 3,
    });
  });

  it('takes a bucket that the answer does not name for stored as stated', () => {
    const { exchange, feeds, interest } = begun();
    exchange.take(exchange.ask(1, URL), answerOf(), false, 10);
    expect(feeds.unsettled).toBe(0);
    expect(interest.takeRequest()).toBeNull();
  });

  it('holds the answer against what was stated, not against what has changed since', () => {
    const { exchange, feeds } = begun();
    const asked = exchange.ask(1, URL);
    feeds.change({ pageId: page, presence: { viewers: 2, connections: 2 } }, 5);
    exchange.take(asked, answerOf(), false, 10);
    expect(feeds.unsettled).toBe(1);
    expect(feeds.takeDue(1000, true).sections).toMatchObject([{ from: 1, to: 2 }]);
  });

  it('has what is missing posted', () => {
    const { exchange, feeds } = begun();
    exchange.take(exchange.ask(1, URL), answerOf(), false, 10);
    exchange.take(exchange.ask(2, URL), answerOf({ stored: [[bucket, 0]] }), false, 2000);
    expect(feeds.takeDue(2000, true)).toEqual({ sections: [], posts: [bucket] });
  });

  it.each([
    ['another home', answerOf(), true],
    ['no stream there', answerOf({ stream: null }), false],
    ['a stream from before the last push', answerOf({ stream: 1 }), false],
  ])('restates the interest with %s', (_, answer, moved) => {
    const { exchange, interest } = begun();
    exchange.take(exchange.ask(1, URL), answer, moved, 10);
    expect(interest.takeRequest()?.whole).toBe(true);
  });

  it('tells of versions that were never given out', () => {
    const { exchange } = begun();
    expect(
      exchange.take(exchange.ask(1, URL), answerOf({ stored: [[bucket, 99]] }), false, 10),
    ).toEqual([bucket]);
  });
});
