/** Who is stale and for how long, look by look; what peers tell comes from scripts. */
import { ok } from '@headcount/protocol';
import { LOOKS } from '../liveness.js';
import { BENCH_PERIOD_MS, RegionBench, passOn, type BenchOptions } from './testing/region-bench.js';
import { failing } from './testing/scripted-peer.js';

/** A bench whose own buckets have been read, and what it says. */
async function ready(options: BenchOptions = {}) {
  const bench = new RegionBench(options);
  await bench.standings.readAll();
  let heartbeat = 0;
  return {
    bench,
    /** Nobody says anything. */
    looks: async (times: number, watch = bench.watch) => {
      for (let look = 0; look < times; look += 1) await bench.look(watch);
    },
    /** Heard of, and looked at, as often as it takes to hold nobody for dead by chance. */
    hears: async (region: string, watch = bench.watch) => {
      await watch.hear([[region, (heartbeat += 1)]], [], region);
      await bench.look(watch);
    },
    decided: async () => {
      const known = [...(await bench.registry.look())];
      return known.flatMap(([name, { stale }]) => (stale ? [name] : [])).sort();
    },
    inBucket: (bucket = 0) => bench.store.peek(bucket).stale,
  };
}

describe('watch over regions', () => {
  describe('decides that a region is stale', () => {
    it('when it was seen unchanged in as many looks as it takes, and not before', async () => {
      const { looks, hears, decided, inBucket } = await ready();
      await hears('b');
      await looks(LOOKS - 2);
      expect([await decided(), inBucket()]).toEqual([[], []]);
      await looks(1);
      expect([await decided(), inBucket()]).toEqual([['b'], ['b']]);
    });

    it('also where it has never been heard of', async () => {
      const { looks, decided } = await ready({ peers: ['b', 'c'] });
      await looks(LOOKS);
      expect(await decided()).toEqual(['b', 'c']);
    });

    it('never while it is heard of, though seldom', async () => {
      const { looks, hears, decided } = await ready();
      for (let time = 0; time < 5; time += 1) {
        await hears('b');
        await looks(LOOKS - 2);
      }
      expect(await decided()).toEqual([]);
    });

    it('never by looks that failed, and not by those before them', async () => {
      const { bench, looks, hears, decided } = await ready();
      await hears('b');
      await looks(LOOKS - 2);
      bench.store.away = true;
      await expect(bench.look()).rejects.toThrow('away');
      bench.store.away = false;
      await looks(LOOKS - 1);
      expect(await decided()).toEqual([]);
      await looks(1);
      expect(await decided()).toEqual(['b']);
    });

    it('never by a time in which nobody looked', async () => {
      const { bench, looks, hears, decided } = await ready();
      await hears('b');
      await looks(LOOKS - 2);
      bench.time.advance(100 * BENCH_PERIOD_MS);
      await looks(LOOKS - 1);
      expect(await decided()).toEqual([]);
    });

    it('only where the counter-api looks after bucket 0', async () => {
      const { looks, hears, decided, inBucket, bench } = await ready({
        buckets: 2,
        owns: (bucket) => bucket === 1,
      });
      await hears('b');
      await looks(2 * LOOKS);
      expect(await decided()).toEqual([]);
      // What the other has decided it puts into its own buckets.
      await bench.registry.setStale('b', true);
      await looks(1);
      expect([inBucket(0), inBucket(1)]).toEqual([[], ['b']]);
    });
  });

  describe('decides that a region is fresh again', () => {
    it('when it is heard of', async () => {
      const { looks, hears, decided } = await ready();
      await looks(LOOKS);
      expect(await decided()).toEqual(['b']);
      await hears('b');
      expect(await decided()).toEqual([]);
    });

    it('never by being new and having seen nothing', async () => {
      const { bench, looks, hears, decided } = await ready();
      await hears('b');
      await looks(LOOKS);
      const another = bench.newWatch();
      await looks(1, another);
      await looks(1, another);
      expect(await decided()).toEqual(['b']);
      await hears('b', another);
      expect(await decided()).toEqual([]);
    });
  });

  describe('counts a region again in a bucket (S1)', () => {
    /** b has three viewers here, falls silent, has five, and is heard of again. */
    async function back(options: BenchOptions = {}) {
      const all = await ready(options);
      const { script, gossip } = all.bench.at('b');
      script.store.setViewers(0, 'home', 3);
      await gossip.round();
      await all.looks(LOOKS);
      expect(all.inBucket()).toContain('b');
      expect(all.bench.viewers()).toBe(0);
      script.store.setViewers(0, 'home', 5);
      return { ...all, script, gossip };
    }

    it('once the bucket has what the region itself had after that', async () => {
      const { bench, hears, decided, inBucket, script, gossip } = await back();
      await hears('b');
      expect([await decided(), inBucket(), bench.viewers()]).toEqual([[], ['b'], 0]);
      script.pullScript = failing('UNREACHABLE');
      await gossip.round();
      await hears('b');
      expect(inBucket()).toEqual(['b']);
      script.pullScript = (answer) => ok(answer);
      await gossip.round();
      await hears('b');
      expect([inBucket(), bench.viewers()]).toEqual([[], 5]);
    });

    it('not by a digest that was asked for while it was still stale', async () => {
      const { bench, hears, inBucket, gossip, looks } = await back();
      await gossip.round();
      // Heard of by nobody but the peers since: what the bucket has may be older than what they show.
      await looks(1);
      await hears('b');
      expect([inBucket(), bench.viewers()]).toEqual([['b'], 0]);
      await gossip.round();
      await hears('b');
      expect([inBucket(), bench.viewers()]).toEqual([[], 5]);
    });

    it('bucket by bucket, each when it has all', async () => {
      const { hears, inBucket, script, gossip, bench } = await back({ buckets: 2 });
      await hears('b');
      script.store.add(1, 'home', 1);
      bench.owns = (bucket) => bucket === 0;
      await gossip.round();
      bench.owns = () => true;
      await hears('b');
      expect([inBucket(0), inBucket(1)]).toEqual([[], ['b']]);
    });

    it('once the bucket has what another had that hears it', async () => {
      const { bench, hears, looks, inBucket, decided } = await ready({ peers: ['b'] });
      const far = bench.storeOf('c');
      const { script, gossip } = bench.at('b');
      far.setViewers(0, 'home', 3);
      await passOn(far, script.store);
      await hears('c');
      await gossip.round();
      expect(bench.viewers()).toBe(3);
      await looks(LOOKS);
      expect([await decided(), inBucket()]).toEqual([
        ['b', 'c'],
        ['b', 'c'],
      ]);
      far.setViewers(0, 'home', 5);
      await passOn(far, script.store);
      await hears('c');
      // It has all of what the other one has, who takes it for stale as well, so that is old.
      script.fresh = ['b'];
      await gossip.round();
      await hears('c');
      expect(inBucket()).toEqual(['b', 'c']);
      script.fresh = ['b', 'c'];
      await gossip.round();
      await hears('c');
      expect([inBucket(), bench.viewers()]).toEqual([['b'], 5]);
    });

    it('by what another had only where the region itself cannot be asked', async () => {
      const { bench, hears, inBucket, script, gossip } = await back({ peers: ['b', 'c'] });
      const other = bench.at('c');
      other.script.fresh = ['b', 'c'];
      await hears('b');
      script.pullScript = failing('UNREACHABLE');
      await gossip.round();
      await other.gossip.round();
      await hears('b');
      expect(inBucket()).toEqual(['b', 'c']);
      // Not to be reached at all by now: the other's word is as good as there is.
      const afar = await back({ peers: ['b', 'c'] });
      const told = afar.bench.at('c');
      told.script.fresh = ['b', 'c'];
      await passOn(afar.script.store, told.script.store);
      afar.script.digestScript = failing('UNREACHABLE');
      await afar.hears('b');
      await afar.gossip.round();
      await told.gossip.round();
      await afar.hears('b');
      expect([afar.inBucket(), afar.bench.viewers()]).toEqual([['c'], 5]);
    });

    it('not because the register of regions has forgotten that there is such a region', async () => {
      const { bench, hears, looks, inBucket } = await ready({ peers: ['b'] });
      await hears('c');
      await looks(LOOKS);
      expect(inBucket()).toEqual(['b', 'c']);
      bench.registry.forget();
      await looks(1);
      expect(inBucket()).toEqual(['b', 'c']);
    });
  });

  describe('of what was taken out of service', () => {
    it('drops the viewers, in every bucket once, and names it no more', async () => {
      const { bench, looks, inBucket } = await ready({ buckets: 2 });
      const { script, gossip } = bench.at('b');
      script.store.setViewers(0, 'home', 3);
      script.store.add(0, 'home', 8);
      await gossip.round();
      await looks(LOOKS);
      await bench.registry.retire({ region: 'b', atMs: 0, by: 'ada' });
      await looks(1);
      expect([inBucket(), bench.viewers(), [...bench.watch.retired]]).toEqual([[], 0, ['b']]);
      const { totals, registers } = bench.store.peek(0).counters.get('home') ?? {};
      expect([totals?.size, registers?.size]).toEqual([1, 0]);
      bench.store.dropRegion = () => Promise.reject(new Error('it is dropped already'));
      await looks(1);
    });

    it('takes the word of peers, but not of its own retirement', async () => {
      const { bench, looks } = await ready();
      await bench.watch.hear([], ['old', 'a'], 'b');
      await looks(1);
      expect(await bench.registry.retired()).toMatchObject([{ region: 'old', by: 'b' }]);
    });

    it('writes it down again where its Redis has forgotten it', async () => {
      const { bench, looks } = await ready();
      await bench.registry.retire({ region: 'old', atMs: 0, by: 'ada' });
      await looks(1);
      bench.registry.forget();
      await looks(1);
      expect(await bench.registry.retired()).toMatchObject([{ region: 'old', by: 'a' }]);
    });
  });

  it('puts what was decided into many buckets at once, as each of them waits for the disk', async () => {
    const { bench, looks, inBucket } = await ready({ buckets: 300 });
    const setStale = bench.store.setStale.bind(bench.store);
    let [open, most] = [0, 0];
    bench.store.setStale = async (bucket, regions) => {
      most = Math.max(most, (open += 1));
      const set = await setStale(bucket, regions);
      open -= 1;
      return set;
    };
    await looks(LOOKS);
    expect([most, open, inBucket(0), inBucket(299)]).toEqual([128, 0, ['b'], ['b']]);
  });

  it('keeps the larger heartbeat of each, and writes only what is news', async () => {
    const { bench } = await ready();
    const hear = bench.registry.hear.bind(bench.registry);
    let written = 0;
    bench.registry.hear = (news) => {
      written += 1;
      return hear(news);
    };
    await bench.watch.hear([['b', 7]], [], 'b');
    await bench.watch.hear([['b', 6]], [], 'c');
    await bench.watch.hear([['b', 7]], [], 'b');
    expect([written, (await bench.registry.look()).get('b')?.heartbeat]).toEqual([1, 7]);
  });

  it('names as fresh who is stale in no bucket either', async () => {
    const { bench, looks, hears } = await ready();
    expect(bench.watch.fresh()).toEqual([]);
    await hears('b');
    expect(bench.watch.fresh().sort()).toEqual(['a', 'b']);
    await looks(LOOKS);
    expect(bench.watch.fresh()).toEqual(['a']);
    await hears('b');
    // Decided, and not yet done: what is here of it is not what it has now.
    expect(bench.watch.fresh()).toEqual(['a']);
  });
});
