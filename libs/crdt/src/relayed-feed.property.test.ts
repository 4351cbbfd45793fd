/**
 * Goal    whatever is lost, repeated, reordered, forgotten and cut, a relay holds what F1 to F3 say, and a healed
 *         chain of relays ends exact, with messages alone and with streams of whole state among them.
 * Method  random histories of a writer and three relays (testing/relay-network.ts), compared with a record.
 */
import fc from 'fast-check';
import { AssertionError } from './assert.js';
import { coverage, offersTo } from './bucket-feeds.js';
import type { FeedMessage } from './feed.js';
import { decodeMessage, decodePart, encodeMessage, encodePart } from './feed-json.js';
import { decodeInteger } from './json.js';
import {
  change,
  cut,
  nothingRelayed,
  offer,
  take,
  values,
  type RelayedFeed,
} from './relayed-feed.js';
import { checkLaw, expectSame, itJoins, shuffled } from './testing/laws.js';
import { KIND, RelayNetwork, networkSteps } from './testing/relay-network.js';
import { writerAt } from './testing/writers.js';
import { openStream, readPart, type StreamPart } from './whole-stream.js';

const key = fc.constantFrom('a', 'b', 'c');
const changes = fc.array(fc.tuple(key, fc.nat(2)), { maxLength: 8, size: 'max' });

/** The deltas of these changes, and the writer's feed after them. */
function written(made: readonly (readonly [string, number])[]): {
  readonly feed: RelayedFeed<number>;
  readonly deltas: readonly FeedMessage<number>[];
} {
  let feed = nothingRelayed<number>();
  const deltas = made.map(([changed, value]) => {
    const delta = change(feed, changed, value);
    feed = take(feed, delta, KIND).feed;
    return delta;
  });
  return { feed, deltas };
}

const received = (messages: readonly FeedMessage<number>[]): RelayedFeed<number> =>
  messages.reduce((feed, message) => take(feed, message, KIND).feed, nothingRelayed<number>());

/** Joins a whole feed into another, as one asks the other and takes what it offers. */
function join(left: RelayedFeed<number>, right: RelayedFeed<number>): RelayedFeed<number> {
  const message = offer(right, left.version, KIND);
  return message ? take(left, message, KIND).feed : left;
}

/** What a reader sees: floors and zeros are a relay's own business. */
const seen = (feed: RelayedFeed<number>): unknown => [feed.version, values(feed, KIND)];

/** Three states of one writer's feed, each cut somewhere. */
const threeStates = fc
  .tuple(changes, fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { minLength: 3, maxLength: 3 }))
  .map(([made, drawn]) => {
    const states = drawn.map(([upTo, floor]) => {
      const { feed } = written(made.slice(0, upTo));
      return cut(feed, Math.min(floor, feed.version), KIND);
    });
    return states as [RelayedFeed<number>, RelayedFeed<number>, RelayedFeed<number>];
  });

describe('relayed feed', () => {
  describe('laws', () => {
    itJoins(threeStates, join, seen);

    it('is left as it is by what it has already, said again as whole state (repair)', () => {
      checkLaw(threeStates, ([feed]) => {
        const whole = offer(feed, -1, KIND);
        if (whole) expectSame(seen(take(feed, whole, KIND).feed), seen(feed));
      });
    });

    it('loses nothing by joining: it is the later of the two (inflation)', () => {
      checkLaw(threeStates, ([a, b]) => {
        expectSame(seen(join(a, b)), seen(a.version >= b.version ? a : b));
      });
    });

    it('is the sum of its deltas, in parts, as one interval and as whole state (delta equals state)', () => {
      checkLaw(changes, (made) => {
        const { feed, deltas } = written(made);
        expectSame(received(deltas), feed);
        for (const from of [0, -1]) {
          const message = offer(feed, from, KIND);
          expectSame(seen(received(message ? [message] : [])), seen(feed));
        }
      });
    });

    it('does not hang on the order and the number of deliveries, where each gap is asked for (delivery)', () => {
      checkLaw(fc.tuple(changes, fc.nat()), ([made, seed]) => {
        const { feed, deltas } = written(made);
        const mixed = received(shuffled(deltas, 2, seed));
        expectSame(seen(join(mixed, feed)), seen(feed));
      });
    });

    it('shows a writer what it has written (read your writes)', () => {
      checkLaw(fc.tuple(changes, key, fc.nat(2)), ([made, changed, value]) => {
        const { feed } = written([...made, [changed, value]]);
        expectSame(values(feed, KIND).get(changed) ?? 0, value);
      });
    });

    it('comes back from JSON as it was (round trip)', () => {
      const decode = decodeMessage(decodeInteger(0));
      const decodeOnePart = decodePart(decodeInteger(0));
      checkLaw(fc.tuple(threeStates, fc.nat(8)), ([[feed], from]) => {
        for (const message of [offer(feed, from, KIND), offer(feed, -1, KIND)]) {
          if (!message) continue;
          const json: unknown = JSON.parse(JSON.stringify(encodeMessage(message, Number)));
          expectSame(decode(json), { ok: true, value: message });
        }
        const part = onePart(feed);
        const json: unknown = JSON.parse(JSON.stringify(encodePart(part, Number)));
        expectSame(decodeOnePart(json), { ok: true, value: part });
      });
    });

    it('refuses what it cannot have written, and never throws (total)', () => {
      const decode = decodeMessage(decodeInteger(0));
      const version = fc.integer({ min: -1, max: 4 });
      const entries = fc.array(fc.tuple(key, fc.integer({ min: -1, max: 2 }), version), {
        maxLength: 3,
      });
      const likely = fc.tuple(fc.option(version), version, entries);
      checkLaw(fc.oneof(fc.anything(), likely), (input) => {
        const decoded = decode(input);
        if (!decoded.ok) return expectSame(decoded.error.code, 'MALFORMED');
        expectSame(encodeMessage(decoded.value, Number), input);
        // What is let in can be received: no assertion of the feed is left to a peer.
        take(nothingRelayed<number>(), decoded.value, KIND);
      });
    });

    it('holds at each version what the writer had, and heals along a chain (relay)', () => {
      checkLaw(networkSteps(false), (steps) => {
        new RelayNetwork(false).run(steps);
      });
    });

    it('holds what the writer had or will have, with whole states streamed meanwhile (stream)', () => {
      const outcomes = new Set<string>();
      checkLaw(networkSteps(true), (steps) => {
        const network = new RelayNetwork(true);
        network.run(steps);
        for (const outcome of network.seen.keys()) outcomes.add(outcome);
      });
      const messages = ['nothing', 'whole', 'interval', 'taken', 'old', 'need'];
      const parts = ['part more', 'part taken', 'part old', 'part need'];
      expect([...outcomes].sort()).toEqual([...messages, ...parts].sort());
    });

    it('offers of each writer just what the asker lacks, and makes it equal (gossip)', () => {
      const histories = fc.tuple(changes, changes, fc.nat(8), fc.nat(8), fc.nat(8));
      checkLaw(histories, ([first, second, one, other, floor]) => {
        const full = new Map([first, second].map((made, at) => [writerAt(at), written(made).feed]));
        const part = new Map(
          [first.slice(0, one), second.slice(0, other)].map((made, at) => [
            writerAt(at),
            written(made).feed,
          ]),
        );
        const sender = new Map(
          [...full].map(([writer, feed]) => [
            writer,
            cut(feed, Math.min(floor, feed.version), KIND),
          ]),
        );
        const asker = new Map(part);
        for (const { writer, message } of offersTo(sender, coverage(part), KIND)) {
          const { verdict, feed } = take(
            asker.get(writer) ?? nothingRelayed<number>(),
            message,
            KIND,
          );
          expectSame(verdict, 'taken');
          const had = part.get(writer)?.version ?? 0;
          expectSame(message.from, had < (sender.get(writer)?.floor ?? 0) ? null : had);
          asker.set(writer, feed);
        }
        expectSame(
          [...asker].map(([, feed]) => seen(feed)),
          [...full].map(([, feed]) => seen(feed)),
        );
        expectSame(offersTo(sender, coverage(asker), KIND), []);
      });
    });
  });

  it('offers an interval from its floor or above, with the zeros in it, and whole state below', () => {
    const { feed } = written([
      ['a', 1],
      ['b', 1],
      ['a', 0],
    ]);
    const zero = { key: 'a', value: 0, version: 3 };
    const b = { key: 'b', value: 1, version: 2 };
    expect(offer(cut(feed, 2, KIND), 2, KIND)).toEqual({ from: 2, to: 3, entries: [zero] });
    expect(offer(cut(feed, 2, KIND), 1, KIND)).toEqual({ from: null, to: 3, entries: [b] });
    expect(offer(feed, 3, KIND)).toBeNull();
    expect(cut(feed, 3, KIND).entries).toEqual(new Map([['b', b]]));
  });

  it('passes entries on with the version that their writer gave them', () => {
    const { feed, deltas } = written([
      ['a', 1],
      ['b', 2],
    ]);
    expect(offer(received(deltas), 1, KIND)).toEqual(offer(feed, 1, KIND));
    expect(offer(feed, 1, KIND)?.entries).toEqual([{ key: 'b', value: 2, version: 2 }]);
  });

  it('tells what it holds early, so that its asker does not miss the change before (F1)', () => {
    const { feed } = written([
      ['a', 1],
      ['b', 1],
    ]);
    // `b` was changed at 2 and again at 9, and a stream has brought the later change here alone.
    const early = { key: 'b', value: 2, version: 9 };
    const relay = { ...feed, entries: new Map([...feed.entries, ['b', early]]) };
    expect(offer(relay, 1, KIND)).toEqual({ from: 1, to: 2, entries: [early] });
  });

  it('has the version of whole state for its floor, for of the zeros before it knows nothing', () => {
    const whole = { from: null, to: 7, entries: [{ key: 'a', value: 1, version: 3 }] };
    expect(received([whole])).toMatchObject({ version: 7, floor: 7 });
    expect(offer(received([whole]), 6, KIND)?.from).toBeNull();
  });

  it('keeps a lasting key that whole state does not mention', () => {
    const kind = { ...KIND, isLasting: (one: string) => one === 'a' };
    const { feed } = written([
      ['a', 1],
      ['b', 1],
    ]);
    const after = take(feed, { from: null, to: 5, entries: [] }, kind).feed;
    expect(values(after, kind)).toEqual(new Map([['a', 1]]));
  });

  it('refuses by assertion a floor above its version, and an interval that ends before it begins', () => {
    const { feed } = written([['a', 1]]);
    expect(() => cut(feed, 2, KIND)).toThrow(AssertionError);
    expect(() => take(feed, { from: 3, to: 2, entries: [] }, KIND)).toThrow(AssertionError);
    const last = { ...feed, version: Number.MAX_SAFE_INTEGER };
    expect(() => change(last, 'a', 1)).toThrow(AssertionError);
  });

  it.each([
    [
      'a key twice',
      [
        ['a', 1, 3],
        ['a', 2, 4],
      ],
      '$[2]',
    ],
    [
      'versions that fall',
      [
        ['a', 1, 4],
        ['b', 2, 3],
      ],
      '$',
    ],
    ['an entry before the interval', [['a', 1, 2]], '$'],
    ['an entry without a version', [['a', 1, 0]], '$[2][0][2]'],
  ])('refuses to read an interval with %s (M1)', (_, entries, path) => {
    const decode = decodeMessage(decodeInteger(0));
    expect(decode([2, 5, entries])).toMatchObject({ ok: false, error: { path } });
  });
});

/** The whole of a feed in one part. */
function onePart(feed: RelayedFeed<number>): StreamPart<number> {
  const read = readPart(feed, openStream(feed, 'one'), { count: 1, shelfOf: () => 0 }, KIND);
  if (!read) throw new Error('the feed has forgotten nothing');
  return read.part;
}
