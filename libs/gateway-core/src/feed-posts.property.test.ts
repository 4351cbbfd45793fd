/**
 * However messages are cut and batched, a receiver that takes the posts in order ends where the
 * messages led.
 */
import {
  isNobody,
  nothingStored,
  receive,
  type FeedEntry,
  type FeedState,
  type Presence,
} from '@headcount/crdt';
import { BODY_BYTES_MAX, feedRequest } from '@headcount/protocol';
import fc from 'fast-check';
import { feedPosts, type BucketMessage } from './feed-posts.js';

const presence = fc.nat(9).map((n): Presence => ({ viewers: n, connections: n }));

/**
 * Pages of any length, up to several thousand a message, so that some messages take several
 * requests.
 */
const bucketMessage = (bucket: number): fc.Arbitrary<BucketMessage> =>
  fc
    .record({
      length: fc.integer({ min: 1, max: 240 }),
      count: fc.nat(6000),
      from: fc.nat(5),
      value: presence,
    })
    .map(({ length, count, from, value }) => {
      const entries = Array.from({ length: count }, (_, at): FeedEntry<Presence> => ({
        key: `/é${'x'.repeat(length)}/${at}`,
        value,
        version: from + at + 1,
      }));
      return { bucket, from, to: from + count + 1, entries };
    });

type Stored = ReadonlyMap<number, FeedState<Presence>>;

const initial = ({ from }: BucketMessage): FeedState<Presence> => ({
  version: from ?? 0,
  values: new Map(),
});

describe('feedPosts', () => {
  it('keeps to the limit of a body and loses nothing', () => {
    fc.assert(
      fc.property(fc.tuple(bucketMessage(1), bucketMessage(2), bucketMessage(3)), (messages) => {
        const expected: Stored = new Map(
          messages.map((message) => [
            message.bucket,
            receive(initial(message), message, isNobody).state,
          ]),
        );
        const stored = new Map(messages.map((message) => [message.bucket, initial(message)]));
        for (const post of feedPosts(messages)) {
          const body = JSON.stringify({ messages: post });
          expect(Buffer.byteLength(body)).toBeLessThanOrEqual(BODY_BYTES_MAX);
          for (const { bucket, from, to, entries } of post) {
            const message = {
              from,
              to,
              entries: entries.map(([key, viewers, connections]) => ({
                key,
                value: { viewers, connections },
                version: to,
              })),
            };
            const { state, verdict } = receive(
              stored.get(bucket) ?? nothingStored<Presence>(),
              message,
              isNobody,
            );
            expect(verdict).toBe('taken');
            stored.set(bucket, state);
          }
        }
        expect(stored).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('makes bodies that the protocol lets through', () => {
    const entries = [{ key: '/', value: { viewers: 1, connections: 2 }, version: 3 }];
    const [post] = feedPosts([
      { bucket: 1, from: 2, to: 3, entries },
      { bucket: 2, from: null, to: 9, entries: [] },
    ]);
    expect(feedRequest.parse({ messages: post })).toEqual({
      messages: [
        { bucket: 1, from: 2, to: 3, entries: [['/', 1, 2]] },
        { bucket: 2, from: null, to: 9, entries: [] },
      ],
    });
  });

  it('makes no request of no message', () => {
    expect(feedPosts([])).toEqual([]);
  });
});
