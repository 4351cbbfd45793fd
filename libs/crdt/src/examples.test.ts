/**
 * Goal    what docs/crdt.md shows compiles, is linted and comes out as it says.
 * Method  the examples stand here, each between its name and its end; the page has to hold the same text, no more and
 *         no less.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EMPTY_BOUNDED,
  FeedSource,
  NEVER_VOTED,
  NOTHING_COVERED,
  NOT_RAISED,
  NO_ELEMENTS,
  UNSEEN,
  UNTOUCHED,
  addToCounter,
  advanceVector,
  boundedRights,
  boundedValue,
  castVote,
  changeBounded,
  compareVectors,
  countWithout,
  counterValue,
  covers,
  gCounterValue,
  giveBounded,
  hasVoted,
  incarnationAt,
  joinBounded,
  joinCounters,
  joinGCounters,
  joinGSets,
  joinRegionPresence,
  joinVectors,
  joinVotes,
  judge,
  nothingStored,
  presenceCount,
  putIntoGSet,
  raiseGCounter,
  receive,
  regionNamed,
  takeBackVote,
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
    expect(covers(here, there)).toBe(false);
    expect(compareVectors(joinVectors(here, there), there)).toBe('after');
    // end
  });

  it('count visits', () => {
    // example: G-counter
    const atAms = must(raiseGCounter(NOT_RAISED, amsWriter, 2));
    const atFra = must(raiseGCounter(NOT_RAISED, fraWriter, 3));
    const visits = joinGCounters(atAms, joinGCounters(atFra, atAms));
    expect(gCounterValue(visits)).toBe(5n);
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

  it('vote, change their mind and take it back', () => {
    // example: causal length
    const red = must(castVote(NEVER_VOTED, 'red'));
    const blue = must(castVote(red, 'blue'));
    expect([red.length, blue.length]).toEqual([1, 3]);
    const back = must(takeBackVote(blue));
    // The old state comes again, late; it does not bring the vote back.
    expect(hasVoted(joinVotes(joinVotes(blue, back), red))).toBe(false);
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
    expect(presenceCount(page, new Set()).presence.viewers).toBe(8);

    // Silence of fra: its viewers are left out, and it is named.
    expect(presenceCount(page, new Set([fra]))).toEqual({ presence: seen, staleRegions: [fra] });

    // ams has begun a new incarnation, in which somebody else is here: what it said before counts no more.
    const alone = { viewers: 1, connections: 1 };
    const reborn = writePresence(ams, { incarnation: second, seq: 1, presence: alone });
    expect(presenceCount(joinRegionPresence(page, reborn), new Set()).presence.viewers).toBe(5);
    // end
  });

  it('carry a map over a channel that loses and repeats', () => {
    // example: feed
    const isZero = (viewers: number): boolean => viewers === 0;
    const gateway = new FeedSource(isZero);
    gateway.set('home', 1);
    gateway.set('news', 7);
    const first = gateway.pending();
    gateway.set('home', 0);
    const second = gateway.pending();
    if (!first || !second) throw new Error('there are changes');

    // The first message is lost, the second comes twice: it goes back to what the receiver has confirmed.
    let bucket = nothingStored<number>();
    for (const message of [second, second]) bucket = receive(bucket, message, isZero).state;
    expect(bucket).toEqual({ version: 3, values: new Map([['news', 7]]) });
    expect(judge(bucket.version, first)).toBe('old');

    // The receiver says what it has. The zero has arrived, so the sender forgets it.
    gateway.acknowledge(bucket.version);
    expect([gateway.settled, gateway.size]).toEqual([true, 1]);
    // end
  });
});
