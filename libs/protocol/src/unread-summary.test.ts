import { NEVER_MUTED, type Follow, type Writer } from '@headcount/crdt';
import { orThrow } from './errors.js';
import { parsePageId, type PageId } from './page-id.js';
import { unreadOf, type PageModifications } from './unread-summary.js';

const AMS = 'ams/00000000000100000000' as Writer;
const page = (id: string): PageId => orThrow(parsePageId(id));
const follow = (read: number, untilMs = 0): Follow => ({
  length: 1,
  marks: new Map([[AMS, read]]),
  mute: untilMs > 0 ? { number: 1, untilMs } : NEVER_MUTED,
});
const modified = (times: number, modifiedAtMs: number): PageModifications => ({
  made: new Map([[AMS, times]]),
  pairs: [],
  modifiedAtMs,
});

describe('the unread of a user', () => {
  const follows = new Map([
    [page('read'), follow(3)],
    [page('old'), follow(1)],
    [page('new'), follow(0)],
    [page('also-new'), follow(2)],
    [page('silent'), follow(0, 100)],
    [page('unknown'), follow(0)],
  ]);
  const pages = new Map([
    [page('read'), modified(3, 50)],
    [page('old'), modified(4, 10)],
    [page('new'), modified(5, 20)],
    [page('also-new'), modified(3, 20)],
    [page('silent'), modified(9, 60)],
  ]);
  const of = (nowMs: number) => unreadOf(follows, (pageId) => pages.get(pageId), nowMs);

  it('names the pages with something unread, the latest first, and adds them up', () => {
    const { total, pages: unread } = of(99);
    expect(total).toBe(9);
    expect(unread.map(({ pageId, count }) => [pageId, count])).toEqual([
      ['also-new', 1],
      ['new', 5],
      ['old', 3],
    ]);
    expect(unread[0]?.made).toEqual(new Map([[AMS, 3]]));
  });

  it('leaves out a page as long as it is silent', () => {
    expect(of(100).pages[0]).toMatchObject({ pageId: 'silent', count: 9 });
    expect(of(100).total).toBe(18);
  });

  it('says no more than 2^53 - 1', () => {
    const most = modified(Number.MAX_SAFE_INTEGER, 1);
    expect(unreadOf(follows, () => most, 0).total).toBe(Number.MAX_SAFE_INTEGER);
  });
});
