/**
 * Goal    what docs/crdt.md shows compiles, is linted and comes out as it says.
 * Method  the examples stand here, each between its name and its end; the page has to hold the same text, no more and
 *         no less.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EMPTY_BOUNDED,
  NEVER_FILLED,
  NOTHING_COVERED,
  NOT_RAISED,
  NO_ELEMENTS,
  UNSEEN,
  UNTOUCHED,
  addToCausalLengthSet,
  addToCounter,
  advanceVector,
  boundedRights,
  boundedValue,
  causalLengthSetHas,
  changeBounded,
  changeFeed,
  compareVectors,
  countWithout,
  counterValue,
  coverage,
  cutFeed,
  decodeGCounter,
  encodeGCounter,
  feedValues,
  gCounterValue,
  giveBounded,
  incarnationAt,
  joinBounded,
  joinCausalLengthSets,
  joinCounters,
  joinGCounters,
  joinGSets,
  joinRegionPresence,
  joinVectors,
  lacking,
  nothingRelayed,
  offerFeed,
  offersTo,
  openStream,
  presenceCount,
  putIntoGSet,
  raiseGCounter,
  readPart,
  regionNamed,
  removeFromCausalLengthSet,
  takeMessage,
  takePart,
  voidAmounts,
  writePresence,
  writerOf,
  type Result,
} from './index.js';

// example: names
/** The value of what cannot be refused here. */
function must<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
}
const [ams, fra] = [must(regionNamed('ams')), must(regionNamed('fra'))];
const [first, second] = [incarnationAt(1000, '00000000'), incarnationAt(2000, '00000000')];
const [amsWriter, fraWriter] = [must(writerOf(ams, first)), must(writerOf(fra, first))];
// end

describe('the examples of docs/crdt.md', () => {
  it('are the ones below, word for word', () => {
    const page = readFileSync(join(__dirname, '../../../docs/crdt.md'), 'utf8');
    const shown = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = '']) => code);
    const source = readFileSync(__filename, 'utf8');
    const own = [...source.matchAll(/^( *)\/\/ example: .*\n([^]*?)^ *\/\/ end$/gm)].map(
      ([, indent = '', code = '']) => code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    );
    expect(own.length).toBeGreaterThan(8);
    expect(shown).toEqual(own);
  });

  it('compare what two replicas have seen', () => {
    // example: version vector
    const here = joinVectors(
      advanceVector(NOTHING_COVERED, amsWriter, 7),
      advanceVector(NOTHING_COVERED, fraWriter, 2),
    );
    const there = advanceVector(NOTHING_COVERED, fraWriter, 5);
    expect(compareVectors(here, there)).toBe('concurrent');
    expect(lacking(here, there)).toEqual([{ writer: fraWriter, from: 2, to: 5 }]);
    expect(compareVectors(joinVectors(here, there), there)).toBe('after');
    // end
  });

  it('count visits', () => {
    // example: G-counter
    const atAms = must(raiseGCounter(NOT_RAISED, amsWriter, 2));
    const atFra = must(raiseGCounter(NOT_RAISED, fraWriter, 3));
    const visits = joinGCounters(atAms, joinGCounters(atFra, atAms));
    expect(gCounterValue(visits)).toBe(5n);

    const json = encodeGCounter(visits);
    expect(json).toEqual([
      ['ams/0000000003e800000000', 2],
      ['fra/0000000003e800000000', 3],
    ]);
    expect(decodeGCounter(json)).toEqual({ ok: true, value: visits });
    expect(decodeGCounter([['ams/0000000003e800000000', -2]])).toEqual({
      ok: false,
      error: { code: 'MALFORMED', path: '$[0][1]', wanted: 'an integer from 1 to 2^53-1' },
    });
    // end
  });

  it('raise and lower', () => {
    // example: PN-counter
    const up = addToCounter(UNTOUCHED, amsWriter, 5);
    const down = addToCounter(UNTOUCHED, fraWriter, -2);
    if (up === 'OUT_OF_RANGE' || down === 'OUT_OF_RANGE') throw new Error('past 2^53-1');
    expect(counterValue(joinCounters(up, down))).toBe(3n);
    // end
  });

  it('count an operation once that two regions have taken', () => {
    // example: void amounts
    const atAms = addToCounter(UNTOUCHED, amsWriter, 1);
    const atFra = addToCounter(UNTOUCHED, fraWriter, 1);
    if (atAms === 'OUT_OF_RANGE' || atFra === 'OUT_OF_RANGE') throw new Error('past 2^53-1');
    const likes = joinCounters(atAms, atFra);
    const voids = voidAmounts([
      { id: 'like-17', writer: amsWriter, amount: 1 },
      { id: 'like-17', writer: fraWriter, amount: 1 },
    ]);
    expect(counterValue(likes)).toBe(2n);
    expect(countWithout(likes, voids)).toBe(1n);
    // end
  });

  it('set a counter that has no room left', () => {
    // example: set
    const MAX = Number.MAX_SAFE_INTEGER;
    const full = joinCounters(
      new Map([[amsWriter, { up: MAX, down: MAX }]]),
      new Map([[fraWriter, { up: 3, down: 0 }]]),
    );
    expect(addToCounter(full, amsWriter, 1)).toBe('OUT_OF_RANGE');

    // The region sets it to 120 under its next incarnation, while fra counts one more.
    const amsNext = must(writerOf(ams, second));
    const lacks = 120 - Number(counterValue(full));
    const [set, more] = [addToCounter(full, amsNext, lacks), addToCounter(full, fraWriter, 1)];
    if (set === 'OUT_OF_RANGE' || more === 'OUT_OF_RANGE') throw new Error('a new writer has room');
    expect(counterValue(joinCounters(full, joinCounters(more, set)))).toBe(121n);
    // end
  });

  it('lower what others have raised by what they have given', () => {
    // example: bounded counter
    const ten = must(changeBounded(EMPTY_BOUNDED, amsWriter, 10));
    const tooFar = changeBounded(ten, fraWriter, -4);
    expect(tooFar).toEqual({ ok: false, error: 'QUOTA_ELSEWHERE' });

    const given = joinBounded(ten, must(giveBounded(ten, amsWriter, fra, 4)));
    const sold = joinBounded(given, must(changeBounded(given, fraWriter, -4)));
    expect(boundedValue(sold)).toBe(6n);
    expect([boundedRights(sold, ams), boundedRights(sold, fra)]).toEqual([6n, 0n]);
    // end
  });

  it('put into a set', () => {
    // example: G-set
    const known = joinGSets(putIntoGSet(NO_ELEMENTS, ams), putIntoGSet(NO_ELEMENTS, fra));
    expect(known).toEqual(new Set([ams, fra]));
    // end
  });

  it('follow and unfollow', () => {
    // example: causal-length set
    const followed = must(addToCausalLengthSet(NEVER_FILLED, 'ann home'));
    const left = must(removeFromCausalLengthSet(followed, 'ann home'));
    expect(left).toEqual(new Map([['ann home', 2]]));
    // The old state comes again, late; it does not bring the follow back.
    const now = joinCausalLengthSets(joinCausalLengthSets(followed, left), followed);
    expect(causalLengthSetHas(now, 'ann home')).toBe(false);
    // end
  });

  it('count who is there', () => {
    // example: presence
    const seen = { viewers: 4, connections: 5 };
    const page = joinRegionPresence(
      joinRegionPresence(
        UNSEEN,
        writePresence(ams, { incarnation: first, seq: 9, presence: seen }),
      ),
      writePresence(fra, { incarnation: first, seq: 3, presence: seen }),
    );
    const incarnations = new Map([[ams, first]]);
    expect(presenceCount(page, { incarnations, stale: new Set() }).presence.viewers).toBe(8);

    // Silence of fra: its viewers are left out, and it is named.
    expect(presenceCount(page, { incarnations, stale: new Set([fra]) })).toEqual({
      presence: seen,
      staleRegions: [fra],
    });

    // ams has begun a new incarnation in which nobody is on this page: what it said before counts no more.
    const reborn = new Map([[ams, second]]);
    expect(presenceCount(page, { incarnations: reborn, stale: new Set() }).presence).toEqual(seen);
    // end
  });

  it('pass changes on', () => {
    // example: relayed feed
    const kind = { isZero: (viewers: number) => viewers === 0, isLasting: () => false };
    let writer = nothingRelayed<number>();
    for (const viewers of [1, 2, 0]) {
      writer = takeMessage(writer, changeFeed(writer, 'home', viewers), kind).feed;
    }
    writer = takeMessage(writer, changeFeed(writer, 'news', 7), kind).feed;

    // The relay takes all there is, and forgets the zeros up to version 3: its floor.
    const all = offerFeed(writer, 0, kind);
    if (all === null) throw new Error('four changes were made');
    const relay = cutFeed(takeMessage(nothingRelayed<number>(), all, kind).feed, 3, kind);
    expect(feedValues(relay, kind)).toEqual(new Map([['news', 7]]));

    // From its floor on it passes intervals on, as the writer would; below, only whole state.
    const news = { key: 'news', value: 7, version: 4 };
    expect(offerFeed(relay, 3, kind)).toEqual({ from: 3, to: 4, entries: [news] });
    expect(offerFeed(relay, 2, kind)).toEqual({ from: null, to: 4, entries: [news] });

    // Gossip: the vector of what one has is the question, the offers are the answer.
    const held = new Map([[amsWriter, relay]]);
    expect(coverage(held)).toEqual(new Map([[amsWriter, 4]]));
    expect(offersTo(held, NOTHING_COVERED, kind)).toEqual([
      { writer: amsWriter, message: { from: null, to: 4, entries: [news] } },
    ]);
    // end
  });

  it('stream whole state', () => {
    // example: stream
    const kind = { isZero: (viewers: number) => viewers === 0, isLasting: () => false };
    const shelves = { count: 2, shelfOf: (key: string) => (key < 'm' ? 0 : 1) };
    let sender = nothingRelayed<number>();
    for (const key of ['home', 'news']) {
      sender = takeMessage(sender, changeFeed(sender, key, 1), kind).feed;
    }

    // The receiver has a key that the sender knows to be gone.
    const gone = { from: 0, to: 1, entries: [{ key: 'gone', value: 1, version: 1 }] };
    let receiver = takeMessage(nothingRelayed<number>(), gone, kind).feed;

    const begin = readPart(sender, openStream(sender, 'ams-1'), shelves, kind);
    if (!begin?.cursor) throw new Error('there are two shelves');
    // Between two shelves the sender goes on changing; the second tells of it.
    sender = takeMessage(sender, changeFeed(sender, 'news', 5), kind).feed;
    const end = readPart(sender, begin.cursor, shelves, kind);
    if (end === null) throw new Error('the sender has forgotten nothing');

    const half = takePart(receiver, null, begin.part, kind);
    expect(half.verdict).toBe('more');
    const whole = takePart(half.feed, half.progress, end.part, kind);
    expect(whole.verdict).toBe('taken');
    receiver = whole.feed;
    // `gone` was told of by no part, so it is gone here too.
    const expected = { home: 1, news: 5 };
    expect(Object.fromEntries(feedValues(receiver, kind))).toEqual(expected);
    expect(receiver.version).toBe(2);
    // end
  });
});
