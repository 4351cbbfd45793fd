import { BODY_BYTES_MAX, PULL_ASKS_MAX, REGIONS_MAX } from '@headcount/protocol';
import { PeerPositions } from './peer-positions.js';
import { RegionBench, passOn } from './testing/region-bench.js';

const EARLY = '0'.repeat(20);
const LATE = 'e'.repeat(20);
const everything = () => true;

/** What is pulled of `b`, and what it tells. */
async function ready(buckets = 1) {
  const bench = new RegionBench({ buckets });
  await bench.standings.readAll();
  return {
    bench,
    theirs: bench.at('b').script.store,
    positions: new PeerPositions('b', bench.standings),
  };
}

describe('positions of a peer', () => {
  it('compare with nothing before the own Redis has said what is pulled', async () => {
    const bench = new RegionBench();
    const positions = new PeerPositions('b', bench.standings);
    positions.note([[0, EARLY, 3]]);
    expect(positions.behind(everything)).toEqual([]);
    await bench.standings.readAll();
    expect(positions.behind(everything)).toEqual([0]);
  });

  it('are behind where the peer is later, by its incarnation first, and level otherwise', async () => {
    const { bench, theirs, positions } = await ready();
    theirs.add(0, 'home', 1);
    theirs.add(0, 'home', 1);
    await passOn(theirs, bench.store);
    await bench.standings.readAll();
    const { incarnation, rev } = theirs.peek(0);
    const isBehindAt = (at: string, of: number): boolean => {
      positions.note([[0, at, of]]);
      return positions.isBehind(0);
    };
    expect(isBehindAt(incarnation, rev)).toBe(false);
    expect(isBehindAt(incarnation, rev + 1)).toBe(true);
    expect(isBehindAt(EARLY, rev + 1)).toBe(false);
    expect(isBehindAt(LATE, 0)).toBe(true);
  });

  it('ask nothing of a bucket in which nothing has ever been, unless others know of something', async () => {
    const { bench, theirs, positions } = await ready();
    const { position } = await theirs.standing(0);
    positions.note([[0, position.incarnation, 0]]);
    expect(positions.behind(everything)).toEqual([]);
    // The peer has lost it, and another region has passed it on before that.
    theirs.add(0, 'home', 1);
    const other = bench.storeOf('c');
    await passOn(theirs, other);
    await passOn(other, bench.store);
    await bench.standings.readAll();
    positions.note([[0, LATE, 0]]);
    expect(positions.behind(everything)).toEqual([0]);
  });

  it('ask for those that are owned, and for no more at once than a request may have', async () => {
    const { positions } = await ready(PULL_ASKS_MAX + 9);
    const all = Array.from({ length: PULL_ASKS_MAX + 9 }, (_, bucket) => bucket);
    positions.note(all.map((bucket) => [bucket, EARLY, 1]));
    expect(positions.asks(everything)).toHaveLength(PULL_ASKS_MAX);
    expect(positions.asks((bucket) => bucket === 7).map(({ bucket }) => bucket)).toEqual([7]);
  });

  it('ask first for those that have waited longest, so that busy ones do not keep others waiting', async () => {
    const { bench, theirs, positions } = await ready(PULL_ASKS_MAX + 9);
    const all = Array.from({ length: PULL_ASKS_MAX + 9 }, (_, bucket) => bucket);
    const told = () =>
      positions.note(
        all.map((bucket) => {
          theirs.add(bucket, 'home', 1);
          const { incarnation, rev } = theirs.peek(bucket);
          return [bucket, incarnation, rev];
        }),
      );
    told();
    for (const ask of positions.asks(everything)) {
      const part = await theirs.read(ask);
      const merged = await bench.store.merge('b', part, positions.askedUnder(ask.bucket));
      bench.standings.merged(ask.bucket, 'b', merged);
      positions.taken(part);
    }
    told();
    const next = positions.asks(everything).map(({ bucket }) => bucket);
    expect(next.slice(0, 9)).toEqual(all.slice(PULL_ASKS_MAX));
  });

  it('ask for no more at once than a body may have, and for one at least', async () => {
    const { bench, positions } = await ready(PULL_ASKS_MAX);
    for (let bucket = 0; bucket < PULL_ASKS_MAX; bucket += 1) {
      const standing = bench.standings.get(bucket);
      if (!standing) throw new Error('every bucket has been read');
      const regions = Array.from({ length: REGIONS_MAX }, (_, at) => `r${at}`.padEnd(32, 'x'));
      bench.standings.merged(bucket, 'b', {
        verdict: 'taken',
        position: standing.position,
        pulled: { incarnation: EARLY, rev: 0 },
        vector: regions.map((region) => [region, EARLY, Number.MAX_SAFE_INTEGER]),
      });
      positions.note([[bucket, EARLY, 1]]);
      positions.taken({
        ...{ bucket, incarnation: EARLY, from: null, to: 1, covers: null, slice: null },
        cursor: 'x'.repeat(16_384),
        state: {
          vector: [],
          writers: [],
          rows: [],
          operations: [],
          voids: [],
          follows: [],
          histories: [],
          votes: [],
        },
      });
    }
    const asks = positions.asks(everything);
    expect(asks.length).toBeGreaterThan(0);
    expect(JSON.stringify({ region: 'a', asks }).length).toBeLessThan(BODY_BYTES_MAX);
  });

  it('go on with whole state under the incarnation that it was asked for under, and under no other', async () => {
    const { bench, theirs, positions } = await ready();
    theirs.add(0, 'home', 1);
    positions.note([[0, theirs.peek(0).incarnation, 1]]);
    const [first] = positions.asks(everything);
    if (!first) throw new Error('the bucket is behind');
    const asked = bench.store.peek(0).incarnation;
    expect([first.cursor, positions.askedUnder(0)]).toEqual([null, asked]);
    positions.taken(await theirs.read(first));
    expect(positions.asks(everything)).toMatchObject([{ cursor: expect.any(String) }]);
    bench.store.flush();
    // Not known yet: what comes of it is asked for under the old one, and the store finds out.
    expect(positions.asks(everything)).toMatchObject([{ cursor: expect.any(String) }]);
    await bench.standings.readAll();
    expect(positions.asks(everything)).toMatchObject([{ cursor: null }]);
    expect(positions.askedUnder(0)).toBe(bench.store.peek(0).incarnation);
    expect(bench.store.peek(0).incarnation).not.toBe(asked);
  });
});
