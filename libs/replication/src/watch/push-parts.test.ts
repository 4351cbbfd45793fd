import { BODY_BYTES_MAX, pushRequest } from '@headcount/protocol';
import type { Writer } from '@headcount/crdt';
import { pushParts } from './push-parts.js';
import type { WatchedCounter, WatchedPage, WatchedUser, Watching } from './watched.js';

const INCARNATION = '0'.repeat(20);
const version = { incarnation: INCARNATION, rev: 7 };

const counter = (pageId: string): WatchedCounter<string> => ({
  ...{ kind: 'counter', key: `${pageId} likes`, pageId, name: 'likes', watchers: new Set() },
  view: { viewers: 0, connections: 0, durable: 3, updatedAtMs: null },
  ...{ staleRegions: [], version },
});
const page = (pageId: string, writers = 1): WatchedPage<string> => {
  const made = new Map(
    Array.from({ length: writers }, (_, at) => [
      `region-${at}/${INCARNATION}` as Writer,
      Number.MAX_SAFE_INTEGER,
    ]),
  );
  const modified = { made, pairs: [], modifiedAtMs: 9, pairCount: 2 };
  return { kind: 'page', key: pageId, pageId, watchers: new Set(), modified, version };
};
const user = (userId: string): WatchedUser<string> => ({
  ...{ kind: 'user', key: userId, userId, watchers: new Set() },
});

const valueOf = ({ pageId, name }: WatchedCounter<string>) => ({
  ...{ pageId: pageId as never, name: name as never, count: 3, connections: 0, updatedAtMs: null },
  ...{ ...version, staleRegions: [] },
});
const requestOf = (due: Iterable<Watching<string>>) => {
  const { parts, taken, size } = pushParts(due, valueOf);
  return { request: { from: 1, to: 2, ...parts }, taken, size };
};

describe('what goes into a push', () => {
  it('is of all kinds, and says of pages how many pairs there are and not which', () => {
    const due = [counter('a'), page('b'), user('ann')];
    const { request, taken, size } = requestOf(due);
    expect(pushRequest.parse(request)).toEqual(request);
    expect([taken, size]).toEqual([due, 3]);
    expect(request.users).toEqual(['ann']);
    const made = [[`region-0/${INCARNATION}`, Number.MAX_SAFE_INTEGER]];
    expect(request.pages).toEqual([['b', INCARNATION, 7, 9, made, 2, null]]);
  });

  it('leaves out kinds of which there are none, for a receiver that knows counters alone', () => {
    expect(Object.keys(requestOf([counter('a')]).request)).toEqual(['from', 'to', 'values']);
  });

  it('says nothing of what has not been read, and is done with it', () => {
    const unread = { ...page('b'), modified: null };
    expect(requestOf([unread])).toMatchObject({ taken: [unread], size: 0 });
    expect(pushParts([counter('a')], () => null)).toMatchObject({ size: 0 });
  });

  it.each([
    ['counters with long names', () => counter('€'.repeat(85))],
    ['pages with many writers', () => page('p'.repeat(250), 64)],
    ['users with long ids', () => user('"'.repeat(128))],
  ])('fits into a message where there are many %s', (_, make) => {
    const due = Array.from({ length: 5000 }, (): Watching<string> => make());
    const { request, taken } = requestOf(due);
    expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThanOrEqual(BODY_BYTES_MAX);
    expect(taken.length).toBeGreaterThan(100);
    expect(taken.length).toBeLessThan(due.length);
  });
});
