import { nothingRelayed, take, values, type RelayedFeed } from './relayed-feed.js';
import { KIND } from './testing/relay-network.js';
import {
  openStream,
  readPart,
  takePart,
  type StreamCursor,
  type StreamPart,
  type StreamProgress,
  type StreamedInto,
} from './whole-stream.js';

/** A feed that has these keys, the first of version `asOf`, the next of the one before it, and so on. */
function feedOf(version: number, ...keys: readonly string[]): RelayedFeed<number> {
  const entries = keys.map((key, at) => ({ key, value: 1, version: version - at }));
  return take(nothingRelayed<number>(), { from: null, to: version, entries }, KIND).feed;
}

/** Part `number` of `stream`, with these keys under version 5; the stream began at version 8. */
function part(
  stream: string,
  number: number,
  keys: readonly string[],
  more: Partial<StreamPart<number>> = {},
): StreamPart<number> {
  const entries = keys.map((key) => ({ key, value: 1, version: 5 }));
  return { stream, asOf: 8, number, isLast: false, entries, ...more };
}

/** What a receiver has after these parts, and what it said to each. */
function taken(
  feed: RelayedFeed<number>,
  ...parts: readonly StreamPart<number>[]
): { verdicts: string[]; feed: RelayedFeed<number>; progress: StreamProgress | null } {
  let progress: StreamProgress | null = null;
  const verdicts: string[] = [];
  for (const one of parts) {
    const after: StreamedInto<number> = takePart(feed, progress, one, KIND);
    verdicts.push(after.verdict);
    ({ feed, progress } = after);
  }
  return { verdicts, feed, progress };
}

const keysOf = (feed: RelayedFeed<number>): string[] => [...values(feed, KIND).keys()].sort();

describe('taking a stream', () => {
  describe('verdicts', () => {
    it('takes the parts in turn, and drops at the end what none told of (whole)', () => {
      const after = taken(
        feedOf(3, 'gone'),
        part('s', 0, ['a']),
        part('s', 1, ['b'], { isLast: true }),
      );
      expect(after.verdicts).toEqual(['more', 'taken']);
      expect(keysOf(after.feed)).toEqual(['a', 'b']);
      expect(after).toMatchObject({ feed: { version: 8, floor: 8 }, progress: null });
    });

    it('drops nothing and stays at its version before the end (unfinished)', () => {
      const after = taken(feedOf(3, 'gone'), part('s', 0, ['a']));
      expect(keysOf(after.feed)).toEqual(['a', 'gone']);
      expect(after.feed).toMatchObject({ version: 3, floor: 3 });
    });

    it('keeps what is newer than the stream, though no part told of it (newer)', () => {
      const early = part('other', 0, [], { entries: [{ key: 'new', value: 1, version: 9 }] });
      const after = taken(feedOf(3), early, part('s', 0, ['a'], { isLast: true }));
      expect(keysOf(after.feed)).toEqual(['a', 'new']);
    });

    it('asks for a part that is missing, and takes it then (gap)', () => {
      const last = part('s', 2, ['c'], { isLast: true });
      const after = taken(feedOf(3), part('s', 0, ['a']), last, part('s', 1, ['b']), last);
      expect(after.verdicts).toEqual(['more', 'need', 'more', 'taken']);
      expect(keysOf(after.feed)).toEqual(['a', 'b', 'c']);
    });

    it('takes a part once (repeat)', () => {
      const after = taken(feedOf(3), part('s', 0, ['a']), part('s', 0, ['a']), part('s', 1, ['b']));
      expect(after.verdicts).toEqual(['more', 'old', 'more']);
    });

    it('mixes no two streams, though both began at the same version (mix)', () => {
      const other = part('t', 1, ['b'], { isLast: true });
      const after = taken(feedOf(3, 'gone'), part('s', 0, ['a']), other);
      expect(after.verdicts).toEqual(['more', 'need']);
      expect(after.feed.version).toBe(3);
    });

    it('mixes no two streams of one name that began at different versions (mix of lives)', () => {
      const other = part('s', 1, ['b'], { isLast: true, asOf: 9 });
      expect(taken(feedOf(3), part('s', 0, ['a']), other).verdicts).toEqual(['more', 'need']);
    });

    it('lets a new stream take the place of one that does not end (new stream)', () => {
      const after = taken(
        feedOf(3, 'gone'),
        part('s', 0, ['a']),
        part('t', 0, ['b']),
        part('t', 1, ['c'], { isLast: true }),
      );
      expect(after.verdicts).toEqual(['more', 'more', 'taken']);
      // `a` was told of by the stream that has not ended; the one that has did not mention it.
      expect(keysOf(after.feed)).toEqual(['b', 'c']);
    });

    it('ends with a stream that intervals have overtaken (overtaken)', () => {
      const { feed, progress } = taken(feedOf(3), part('s', 0, ['a']));
      const ahead = take(feed, { from: 3, to: 9, entries: [] }, KIND).feed;
      const after = takePart(ahead, progress, part('s', 1, ['b'], { isLast: true }), KIND);
      expect(after).toEqual({ verdict: 'old', feed: ahead, progress: null });
    });

    it('does not let an old stream end one that goes on (bystander)', () => {
      const { feed, progress } = taken(feedOf(3), part('s', 0, ['a']));
      const old = part('t', 0, ['b'], { asOf: 2 });
      expect(takePart(feed, progress, old, KIND)).toEqual({ verdict: 'old', feed, progress });
    });

    it('takes the stream of its own version, which repairs (repair)', () => {
      const after = taken(feedOf(8, 'gone'), part('s', 0, ['a'], { isLast: true }));
      expect(keysOf(after.feed)).toEqual(['a']);
    });
  });
});

describe('reading a stream', () => {
  const shelves = { count: 2, shelfOf: (key: string) => (key < 'm' ? 0 : 1) };

  it('reads shelf by shelf, up to as many as there are by then', () => {
    const feed = feedOf(8, 'a', 'x');
    const first = readPart(feed, openStream(feed, 's'), shelves, KIND);
    expect(first?.part).toMatchObject({ stream: 's', asOf: 8, number: 0, isLast: false });
    expect(first?.part.entries.map(({ key }) => key)).toEqual(['a']);
    const cursor = first?.cursor as StreamCursor;
    const second = readPart(feed, cursor, shelves, KIND);
    expect(second).toMatchObject({ part: { number: 1, isLast: true }, cursor: null });
    const grown = readPart(feed, cursor, { ...shelves, count: 3 }, KIND);
    expect(grown).toMatchObject({ part: { number: 1, isLast: false }, cursor: { next: 2 } });
  });

  it('keeps the version of its beginning, while its entries are as they are read', () => {
    const feed = feedOf(8, 'a');
    const cursor = openStream(feed, 's');
    const entries = [{ key: 'a', value: 2, version: 9 }];
    const later = take(feed, { from: 8, to: 9, entries }, KIND).feed;
    expect(readPart(later, cursor, shelves, KIND)?.part).toMatchObject({ asOf: 8, entries });
  });

  it('tells nothing of zeros', () => {
    const feed = take(
      feedOf(8, 'a'),
      { from: 8, to: 9, entries: [{ key: 'a', value: 0, version: 9 }] },
      KIND,
    ).feed;
    expect(readPart(feed, openStream(feed, 's'), shelves, KIND)?.part.entries).toEqual([]);
  });

  it('ends where the sender has forgotten what it had at the beginning (T3)', () => {
    expect(readPart(feedOf(7, 'a'), openStream(feedOf(8, 'a'), 's'), shelves, KIND)).toBeNull();
  });
});
