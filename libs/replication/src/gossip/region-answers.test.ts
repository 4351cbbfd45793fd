/** What other regions are answered: whom, how much at once, and since when. Who may ask for a digest: gossip.test.ts. */
import { PULL_BYTES, type PullRequest } from '@headcount/protocol';
import { BENCH_PERIOD_MS, INSTANCE, RegionBench } from './testing/region-bench.js';

const OTHER = 'c'.repeat(32);

/** An ask for all of a bucket. */
const ask = (bucket: number) => ({ bucket, incarnation: '', rev: 0, vector: [], cursor: null });
const pullOf = (...buckets: number[]): PullRequest => ({ region: 'b', asks: buckets.map(ask) });

async function ready(buckets = 1) {
  const bench = new RegionBench({ buckets });
  await bench.standings.readAll();
  const { answers, store } = bench;
  const digest = async (after: readonly [string, number] | null, waitMs = 0) => {
    const answer = await answers.digest({ region: 'b', buckets, retired: [], after, waitMs });
    if (!answer.ok) throw new Error(answer.error);
    return answer.value;
  };
  const pull = async (request: PullRequest) => {
    const answer = await answers.pull(request);
    if (!answer.ok) throw new Error(answer.error);
    return answer.value.parts;
  };
  return { bench, answers, store, digest, pull };
}

describe('answers to a region', () => {
  it.each([
    ['whom it does not know', { region: 'x', asks: [] }, 'UNKNOWN_REGION'],
    ['itself', { region: 'a', asks: [] }, 'UNKNOWN_REGION'],
    ['a bucket that there is not', { region: 'b', asks: [ask(1)] }, 'BUCKETS_MISMATCH'],
  ])('give nothing to %s', async (_, request, error) => {
    const { answers } = await ready();
    expect(await answers.pull(request)).toEqual({ ok: false, error });
  });

  it('give nothing to a region that is out of service', async () => {
    const { bench, answers } = await ready();
    await bench.registry.retire({ region: 'b', atMs: 0, by: 'ada' });
    await bench.look();
    const refused = { ok: false, error: 'REGION_RETIRED' };
    expect(await answers.pull(pullOf(0))).toEqual(refused);
    const request = { region: 'b', buckets: 1, retired: [], after: null, waitMs: 0 };
    expect(await answers.digest(request)).toEqual(refused);
  });

  it('go on with whole state as long as there is room, part after part', async () => {
    const { store, pull } = await ready();
    store.add(0, 'page0', 1);
    store.add(0, 'page1', 1);
    const parts = await pull(pullOf(0));
    expect(parts.map(({ slice }) => slice)).toEqual([
      [2, 0],
      [2, 1],
    ]);
    expect(parts.map(({ cursor, covers }) => [cursor === null, covers === null])).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  it('tell of each bucket before they go on with any', async () => {
    const { store, pull } = await ready(20);
    for (let bucket = 0; bucket < 20; bucket += 1) store.add(bucket, 'page0', 1);
    const order = (await pull(pullOf(...Array(20).keys()))).map(({ bucket }) => bucket);
    expect(order).toEqual([...Array(20).keys(), ...Array(20).keys()]);
  });

  it('end with the part that fills half a mebibyte, and have one at least', async () => {
    const { store, pull } = await ready(4);
    for (let bucket = 0; bucket < 4; bucket += 1) {
      store.add(bucket, 'x'.repeat(PULL_BYTES * 0.4) + '0', 1);
    }
    expect((await pull(pullOf(0, 1, 2, 3))).map(({ bucket }) => bucket)).toEqual([0, 1, 2]);
    store.add(3, 'y'.repeat(PULL_BYTES) + '0', 1);
    expect(await pull(pullOf(3, 0))).toHaveLength(1);
  });

  it('read no more once they are full', async () => {
    const { bench, store, pull } = await ready(40);
    for (let bucket = 0; bucket < 40; bucket += 1) store.add(bucket, 'x'.repeat(PULL_BYTES), 1);
    const read = bench.store.read.bind(bench.store);
    let reads = 0;
    bench.store.read = (one) => {
      reads += 1;
      return read(one);
    };
    await pull(pullOf(...Array(40).keys()));
    expect(reads).toBeLessThanOrEqual(16);
  });

  it('tell of everything to who knows the clock of another instance, or none', async () => {
    const { bench, store, digest } = await ready(2);
    const { clock, positions } = await digest(null);
    expect(positions.map(([bucket]) => bucket)).toEqual([0, 1]);
    expect((await digest([OTHER, clock])).positions).toEqual(positions);
    expect((await digest([INSTANCE, clock])).positions).toEqual([]);
    store.add(1, 'home', 1);
    const { incarnation, rev } = bench.store.peek(1);
    expect((await digest([INSTANCE, clock])).positions).toEqual([[1, incarnation, rev]]);
  });

  it('wait for news as long as was asked for, and no longer than until there are some', async () => {
    const { bench, store, digest } = await ready();
    const { clock } = await digest(null);
    const answered: number[] = [];
    const wait = () =>
      void digest([INSTANCE, clock], BENCH_PERIOD_MS).then(({ positions }) =>
        answered.push(positions.length),
      );
    wait();
    await bench.time.advanceAsync(BENCH_PERIOD_MS - 1);
    expect(answered).toEqual([]);
    await bench.time.advanceAsync(1);
    expect(answered).toEqual([0]);
    wait();
    await bench.time.advanceAsync(BENCH_PERIOD_MS / 2);
    store.add(0, 'home', 1);
    await bench.time.advanceAsync(0);
    expect(answered).toEqual([0, 1]);
  });

  it('tell what has been heard of whom, who is fresh, and who is out of service', async () => {
    const { bench, answers, digest } = await ready();
    await bench.watch.hear([['c', 9]], [], 'b');
    await bench.look();
    await answers.digest({ region: 'b', buckets: 1, retired: ['old'], after: null, waitMs: 0 });
    await bench.look();
    const { heartbeats, fresh, retired } = await digest(null);
    expect(new Map(heartbeats)).toEqual(
      new Map([
        ['a', expect.any(Number)],
        ['c', 9],
      ]),
    );
    expect([[...fresh].sort(), retired]).toEqual([['a', 'c'], ['old']]);
    expect(await bench.registry.retired()).toMatchObject([{ region: 'old', by: 'b' }]);
  });

  it('fail while Redis is away, for then nobody knows what is true', async () => {
    const { store, answers } = await ready();
    store.away = true;
    await expect(answers.pull(pullOf(0))).rejects.toThrow('away');
  });
});
