/** Pulling from one peer: what is asked for, what becomes of answers, and what of failures. */
import { DIGEST_POSITIONS_MAX, ok } from '@headcount/protocol';
import { BENCH_PERIOD_MS, BENCH_TICK_MS, RegionBench } from './testing/region-bench.js';
import { failing } from './testing/scripted-peer.js';

/** What the own region holds of likes in bucket 0. */
function likes({ store }: RegionBench, key = 'home'): number {
  const totals = store.peek(0).counters.get(key)?.totals.values() ?? [];
  return [...totals].reduce((sum, { up }) => sum + up, 0);
}

/** A bench whose own buckets have been read. */
async function ready(options: ConstructorParameters<typeof RegionBench>[0] = {}) {
  const bench = new RegionBench(options);
  await bench.standings.readAll();
  return { bench, ...bench.at('b') };
}

/** A promise and what settles it. */
function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((done) => (open = done));
  return { open: () => open(), opened };
}

describe('gossip with a peer', () => {
  it('asks for nothing of what it has, and for the rest from where it is', async () => {
    const { bench, script, gossip } = await ready({ buckets: 2 });
    script.store.add(0, 'home', 3);
    expect(await gossip.round()).toBe(true);
    expect(await gossip.round()).toBe(true);
    expect(script.pulls.map(({ asks }) => asks.map(({ bucket }) => bucket))).toEqual([[0], [0]]);
    script.store.add(0, 'home', 4);
    await gossip.round();
    expect(likes(bench)).toBe(7);
    const { incarnation, rev } = bench.store.peek(0).pulled.get('b') ?? {};
    expect([incarnation, rev]).toEqual([script.store.peek(0).incarnation, 2]);
    expect(script.pulls.at(-1)?.asks).toMatchObject([{ incarnation, rev: 1, cursor: null }]);
  });

  it('asks for its own buckets alone', async () => {
    const { script, gossip } = await ready({ buckets: 4, owns: (bucket) => bucket % 2 === 1 });
    for (let bucket = 0; bucket < 4; bucket += 1) script.store.add(bucket, 'home', 1);
    await gossip.round();
    const asked = script.pulls.flatMap(({ asks }) => asks.map(({ bucket }) => bucket));
    expect([...new Set(asked)]).toEqual([1, 3]);
    expect(gossip.behind).toBe(0);
  });

  it('goes on with whole state where the last part ended, over several answers', async () => {
    const { bench, script, gossip } = await ready();
    script.store.add(0, 'page0', 3);
    script.store.add(0, 'page1', 4);
    await gossip.round();
    expect(script.pulls).toHaveLength(2);
    expect(script.pulls[0]?.asks[0]?.cursor).toBeNull();
    expect(script.pulls[1]?.asks[0]?.cursor).toEqual(expect.stringContaining('1'));
    expect([likes(bench, 'page0'), likes(bench, 'page1')]).toEqual([3, 4]);
  });

  it('begins again under what its Redis says, where that has forgotten what was asked from', async () => {
    const { bench, script, gossip } = await ready();
    script.store.add(0, 'home', 3);
    await gossip.round();
    script.store.add(0, 'page', 4);
    script.pullScript = (answer) => {
      // After the peer has answered what came since: the rest is gone meanwhile.
      script.pullScript = (later) => ok(later);
      bench.store.flush();
      return ok(answer);
    };
    await gossip.round();
    expect([likes(bench), likes(bench, 'page')]).toEqual([3, 4]);
    expect(script.pulls.at(-2)?.asks).toMatchObject([{ incarnation: '', rev: 0, cursor: null }]);
  });

  it('reads where its bucket stands with all its peers, once that has forgotten something', async () => {
    const { bench, script, gossip } = await ready({ peers: ['b', 'c'] });
    const other = bench.at('c');
    script.store.add(0, 'home', 3);
    other.script.store.add(0, 'home', 4);
    await gossip.round();
    await other.gossip.round();
    script.store.add(0, 'home', 5);
    bench.store.flush();
    await gossip.round();
    expect(other.gossip.behind).toBe(1);
    await other.gossip.round();
    expect(likes(bench)).toBe(12);
  });

  it('begins whole state again where its own bucket has forgotten the first parts', async () => {
    const { bench, script, gossip } = await ready();
    script.store.add(0, 'page0', 3);
    script.store.add(0, 'page1', 4);
    let answers = 0;
    script.pullScript = (answer) => {
      if ((answers += 1) === 2) bench.store.flush();
      return ok(answer);
    };
    await gossip.round();
    expect([likes(bench, 'page0'), likes(bench, 'page1')]).toEqual([3, 4]);
  });

  it('waits for news only where it has all', async () => {
    const { script, gossip } = await ready();
    script.store.add(0, 'home', 1);
    script.pullScript = failing('UNREACHABLE');
    await gossip.round();
    await gossip.round();
    script.pullScript = (answer) => ok(answer);
    await gossip.round();
    await gossip.round();
    expect(script.digests.map(({ waitMs }) => waitMs)).toEqual([
      BENCH_PERIOD_MS,
      0,
      0,
      BENCH_PERIOD_MS,
    ]);
  });

  it('asks for what changed since the last digest of that instance', async () => {
    const { script, gossip } = await ready();
    await gossip.round();
    script.digestScript = failing('UNREACHABLE');
    await gossip.round();
    script.digestScript = (answer) => ok(answer);
    await gossip.round();
    await gossip.round();
    expect(script.digests.map(({ after }) => after)).toEqual([
      null,
      [script.instance, 1],
      [script.instance, 1],
      [script.instance, 3],
    ]);
  });

  it.each([
    ['a digest fails', 'UNREACHABLE', { digestScript: failing('UNREACHABLE') }],
    ['a pull fails', 'STORE_UNAVAILABLE', { pullScript: failing('STORE_UNAVAILABLE') }],
    ['an answer has no part', 'BAD_ANSWER', { pullScript: () => ok({ parts: [] }) }],
  ])('fails and says why where %s', async (_, code, scripts) => {
    const { bench, script, gossip } = await ready();
    script.store.add(0, 'home', 1);
    Object.assign(script, scripts);
    expect(await gossip.round()).toBe(false);
    expect(bench.failures).toEqual([`b ${code}`]);
    expect(gossip.levelAtMs).toBeNull();
  });

  it('takes nothing from another region that answers at the address', async () => {
    const { bench, script, gossip } = await ready();
    script.store.add(0, 'home', 1);
    script.digestScript = (answer) => ok({ ...answer, region: 'x', heartbeats: [['x', 1]] });
    expect(await gossip.round()).toBe(false);
    expect(bench.failures).toEqual(['b WRONG_REGION']);
    expect([script.pulls, bench.watch.heartbeats(), gossip.digestAtMs]).toEqual([[], [], null]);
  });

  it('hears no heartbeat from a peer that tells of changes and does not give them', async () => {
    const { bench, script, gossip } = await ready();
    const beat = async (heartbeat: number) => {
      script.heartbeats = [['b', heartbeat]];
      await gossip.round();
      return bench.watch.regions.get('b')?.heartbeat;
    };
    expect(await beat(1)).toBe(1);
    script.store.add(0, 'home', 1);
    script.pullScript = failing('UNREACHABLE');
    // That it does not give them turns out after it has told of them.
    expect([await beat(2), await beat(3), await beat(4)]).toEqual([2, 2, 2]);
    script.pullScript = (answer) => ok(answer);
    expect([await beat(5), await beat(6)]).toEqual([2, 6]);
  });

  it('is level with what it was told when it asked, and not before it has all of that', async () => {
    const { bench, script, gossip } = await ready();
    script.store.add(0, 'home', 1);
    script.pullScript = failing('UNREACHABLE');
    await gossip.round();
    const askedMs = bench.time.nowMs();
    expect([gossip.digestAtMs, gossip.levelAtMs]).toEqual([askedMs, null]);
    expect(gossip.isLevel(0, askedMs - 1)).toBe(false);
    script.pullScript = (answer) => ok(answer);
    script.digestScript = (answer) => {
      bench.time.advance(7);
      return ok(answer);
    };
    await gossip.round();
    expect(gossip.levelAtMs).toBe(askedMs);
    expect([gossip.isLevel(0, askedMs - 1), gossip.isLevel(0, askedMs)]).toEqual([true, false]);
  });

  it('is level with nobody whose digest was cut at its bound', async () => {
    const { script, gossip } = await ready();
    const positions = Array.from({ length: DIGEST_POSITIONS_MAX }, () => [0, '', 0] as const);
    script.digestScript = (answer) => ok({ ...answer, positions });
    await gossip.round();
    expect([gossip.digestAtMs, gossip.levelAtMs]).toEqual([null, null]);
    script.digestScript = (answer) => ok(answer);
    await gossip.round();
    expect([gossip.digestAtMs, gossip.levelAtMs]).not.toContain(null);
  });

  it('asks for a digest in the midst of a long whole state, so that heartbeats go on', async () => {
    const { bench, script, gossip } = await ready();
    script.store.add(0, 'page0', 3);
    script.store.add(0, 'page1', 4);
    script.pullScript = (answer) => {
      bench.time.advance(BENCH_PERIOD_MS);
      return ok(answer);
    };
    expect(await gossip.round()).toBe(true);
    expect([script.pulls.length, gossip.behind, gossip.levelAtMs]).toEqual([1, 1, null]);
    await gossip.round();
    expect([script.digests.length, script.pulls.length, gossip.behind]).toEqual([2, 2, 0]);
    expect(script.pulls[1]?.asks[0]?.cursor).not.toBeNull();
  });

  it('has nothing under way any more when a round ends, also where it ends by a failure', async () => {
    const { bench, script, gossip } = await ready({ buckets: 2 });
    script.store.add(0, 'home', 1);
    script.store.add(1, 'home', 1);
    const slow = gate();
    const merge = bench.store.merge.bind(bench.store);
    let merged = 0;
    bench.store.merge = async (sender, part, askedUnder) => {
      if (part.bucket === 1) throw new Error('the store is away');
      await slow.opened;
      merged += 1;
      return merge(sender, part, askedUnder);
    };
    gossip.start();
    await bench.time.advanceAsync(10 * BENCH_PERIOD_MS);
    expect([bench.failures, script.digests.length]).toEqual([[], 1]);
    slow.open();
    await bench.time.advanceAsync(0);
    expect([bench.failures, merged]).toEqual([['b STORE_UNAVAILABLE'], 1]);
    await gossip.stop();
  });

  describe('round after round', () => {
    it('lets the changes of a tick travel together', async () => {
      const { bench, script, gossip } = await ready();
      gossip.start();
      await bench.time.advanceAsync(BENCH_TICK_MS - 1);
      expect(script.digests).toHaveLength(1);
      await bench.time.advanceAsync(1);
      expect(script.digests).toHaveLength(2);
      await gossip.stop();
    });

    it.each([
      ['the shortest', 0, [50, 100, 200, 400, 800, 1000, 1000]],
      ['nearly the longest', 0.9, [95, 190, 380, 760, 1520, 1900, 1900]],
    ])(
      'waits twice as long after each failure, up to two seconds: %s',
      async (_, random, pauses) => {
        const { bench, script, gossip } = await ready();
        bench.random = random;
        const at: number[] = [];
        script.digestScript = () => {
          at.push(bench.time.nowMs());
          return failing('UNREACHABLE')();
        };
        gossip.start();
        await bench.time.advanceAsync(pauses.reduce((sum, ms) => sum + ms, 0));
        expect(at.slice(1).map((ms, place) => ms - (at[place] ?? 0))).toEqual(pauses);
        script.digestScript = (answer) => ok(answer);
        const asked = script.digests.length;
        await bench.time.advanceAsync((pauses.at(-1) ?? 0) + 2 * BENCH_TICK_MS);
        expect(script.digests.length - asked).toBe(3);
        await gossip.stop();
      },
    );

    it('goes on once the own Redis is back', async () => {
      const { bench, script, gossip } = await ready();
      script.store.add(0, 'home', 3);
      bench.store.away = true;
      gossip.start();
      await bench.time.advanceAsync(3 * BENCH_PERIOD_MS);
      expect(new Set(bench.failures)).toEqual(new Set(['b STORE_UNAVAILABLE']));
      bench.store.away = false;
      await bench.time.advanceAsync(BENCH_PERIOD_MS);
      expect(likes(bench)).toBe(3);
      await gossip.stop();
    });

    it('stops while it sleeps, and asks for nothing after that', async () => {
      const { bench, script, gossip } = await ready();
      gossip.start();
      await bench.time.advanceAsync(0);
      await gossip.stop();
      await bench.time.advanceAsync(10 * BENCH_PERIOD_MS);
      expect(script.digests).toHaveLength(1);
    });

    it('stops once the digest that it waits for is answered, and pulls nothing more', async () => {
      const { bench, script, gossip } = await ready();
      script.store.add(0, 'home', 3);
      const answered = gate();
      script.digestScript = async (answer) => {
        await answered.opened;
        return ok(answer);
      };
      gossip.start();
      await bench.time.advanceAsync(0);
      let isStopped = false;
      const stopped = gossip.stop().then(() => (isStopped = true));
      await bench.time.advanceAsync(BENCH_PERIOD_MS);
      expect(isStopped).toBe(false);
      answered.open();
      await stopped;
      expect([script.digests.length, script.pulls.length]).toEqual([1, 0]);
    });
  });
});
