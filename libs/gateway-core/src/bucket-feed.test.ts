import type { Presence } from '@headcount/crdt';
import type { PageId } from '@headcount/protocol';
import { BucketFeed, RETRANSMIT_MS } from './bucket-feed.js';

const TICK_MS = 100;
const [home, shop] = ['/', '/shop'] as [PageId, PageId];
const people = (viewers: number): Presence => ({ viewers, connections: viewers });
const begun = (): BucketFeed => new BucketFeed(7, TICK_MS);

/** A feed whose first change was sent at 0 and has arrived. */
function quiet(): BucketFeed {
  const feed = begun();
  feed.change(home, people(1), 0);
  feed.takeDue(0, true);
  feed.stated({ stored: 1, question: 1 }, 1);
  return feed;
}

describe('the times of a bucket', () => {
  it('lets a change on a quiet bucket leave at once (T1)', () => {
    const feed = begun();
    feed.change(home, people(1), 5000);
    expect(feed.dueMs).toBe(5000);
    expect(feed.takeDue(5000, true)).toBe('datagram');
  });

  it('makes changes on a busy bucket wait for the end of its tick and leave together (T1)', () => {
    const feed = quiet();
    feed.change(home, people(2), 30);
    feed.change(shop, people(1), 60);
    expect(feed.dueMs).toBe(TICK_MS);
    expect(feed.takeDue(99, true)).toBeNull();
    expect(feed.takeDue(TICK_MS, true)).toBe('datagram');
    expect(feed.pendingInterval()).toMatchObject({
      from: 1,
      to: 3,
      entries: [{ key: home }, { key: shop }],
    });
  });

  it('sends again what is not acknowledged, three times by datagram and then by post (T2)', () => {
    const feed = begun();
    feed.change(home, people(1), 0);
    const ways = [0, 1, 2, 3, 4].map((turn) => feed.takeDue(turn * RETRANSMIT_MS, true));
    expect(ways).toEqual(['datagram', 'datagram', 'datagram', 'datagram', 'post']);
    expect(feed.dueMs).toBeNull();
  });

  it('is silent once everything has arrived', () => {
    const feed = quiet();
    expect(feed.settled).toBe(true);
    expect(feed.dueMs).toBeNull();
    expect(feed.pendingPost()).toBeNull();
  });

  it('goes by post where datagrams do not work, with no timer behind it', () => {
    const feed = begun();
    feed.change(home, people(1), 0);
    expect(feed.takeDue(0, false)).toBe('post');
    expect(feed.dueMs).toBeNull();
  });
});

describe('what Redis states', () => {
  it('makes the rest due when Redis has forgotten, by post once a zero is gone (T3)', () => {
    const feed = quiet();
    feed.change(home, people(0), 200);
    feed.takeDue(200, true);
    feed.stated({ stored: 2, question: 2 }, 201);
    feed.change(shop, people(1), 400);
    feed.takeDue(400, true);
    feed.stated({ stored: 0, question: 3 }, 401);
    expect(feed.dueMs).toBe(400 + TICK_MS);
    expect(feed.takeDue(500, true)).toBe('post');
    expect(feed.pendingPost()).toMatchObject({ from: null, to: 3, entries: [{ key: shop }] });
  });

  it('is not taken back by the late answer to an older question (T4)', () => {
    const feed = begun();
    feed.change(home, people(1), 0);
    feed.change(home, people(2), 0);
    feed.takeDue(0, true);
    feed.stated({ stored: 2, question: 9 }, 1);
    feed.stated({ stored: 1, question: 8 }, 2);
    expect(feed.settled).toBe(true);
  });

  it('is not believed beyond the versions that were given out', () => {
    const feed = quiet();
    expect(feed.stated({ stored: 2, question: 2 }, 1)).toBe(false);
    expect(feed.settled).toBe(true);
  });

  it('leaves a datagram under way alone when a sync finds it not yet arrived', () => {
    const feed = begun();
    feed.change(home, people(1), 0);
    feed.takeDue(0, true);
    feed.stated({ stored: 0, question: 2 }, 10, true);
    expect(feed.dueMs).toBe(RETRANSMIT_MS);
    expect(feed.takeDue(RETRANSMIT_MS, true)).toBe('datagram');
  });

  it('is mended by post when a sync finds a bucket behind that nothing is under way for', () => {
    const feed = begun();
    feed.change(home, people(1), 0);
    feed.takeDue(0, false);
    feed.stated({ stored: 0, question: 2 }, 2000, true);
    expect(feed.takeDue(2000, true)).toBe('post');
  });

  it('gives datagrams another chance after a post has arrived', () => {
    const feed = begun();
    feed.change(home, people(1), 0);
    feed.takeDue(0, false);
    feed.stated({ stored: 0, question: 2 }, 2000, true);
    feed.takeDue(2000, true);
    feed.change(home, people(2), 2001);
    feed.stated({ stored: 1, question: 3 }, 2010);
    expect(feed.takeDue(2100, true)).toBe('datagram');
  });
});

describe('whole state too large for one request (T5)', () => {
  const pages = Array.from({ length: 6000 }, (_, n) => `/${'p'.repeat(250)}${n}` as PageId);

  it('is cut, and what is left follows as an interval', () => {
    const feed = begun();
    for (const page of pages) feed.change(page, people(1), 0);
    feed.change(home, people(1), 0);
    feed.change(home, people(0), 0);
    feed.stated({ stored: feed.version, question: 1 }, 1);
    feed.stated({ stored: 0, question: 2 }, 2);
    const whole = feed.pendingPost();
    expect(whole).toMatchObject({ from: null, to: 6002 });
    const first = whole?.entries.length ?? 0;
    feed.stated({ stored: 6002, question: 3 }, 3);
    const rest = feed.pendingPost();
    expect(rest).toMatchObject({ from: 6002, to: 6002 + pages.length - first });
    const keys = [...(whole?.entries ?? []), ...(rest?.entries ?? [])].map(({ key }) => key);
    expect(new Set(keys)).toEqual(new Set(pages));
  });
});
