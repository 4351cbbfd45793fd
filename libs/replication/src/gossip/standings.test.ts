import { RegionBench } from './testing/region-bench.js';

const LATE = 'e'.repeat(20);

describe('standings', () => {
  it('know of no bucket before they have read, and are complete once all have been', async () => {
    const { standings } = new RegionBench({ buckets: 300 });
    expect([standings.get(0), standings.isComplete]).toEqual([undefined, false]);
    await standings.read(0);
    expect([standings.get(0)?.position.rev, standings.isComplete]).toEqual([0, false]);
    await standings.readAll();
    expect([standings.get(299)?.position.rev, standings.isComplete]).toEqual([0, true]);
  });

  it('are not complete by a reading that fails, and stay so by a later one', async () => {
    const { standings, store } = new RegionBench({ buckets: 300 });
    store.away = true;
    await expect(standings.readAll()).rejects.toThrow('away');
    expect(standings.isComplete).toBe(false);
    store.away = false;
    await standings.readAll();
    store.away = true;
    await expect(standings.readAll()).rejects.toThrow('away');
    expect(standings.isComplete).toBe(true);
  });

  it('read a bounded number of buckets at once', async () => {
    const { standings, store } = new RegionBench({ buckets: 300 });
    const standing = store.standing.bind(store);
    let [open, most] = [0, 0];
    store.standing = async (bucket) => {
      most = Math.max(most, (open += 1));
      const read = await standing(bucket);
      open -= 1;
      return read;
    };
    await standings.readAll();
    expect([most, open]).toEqual([128, 0]);
  });

  it('tell the clock of what they read and of what was published, each once', async () => {
    const { standings, store, clock } = new RegionBench({ buckets: 2 });
    await standings.readAll();
    const { clock: seen } = clock.since(0, 9);
    store.add(1, 'home', 1);
    const { incarnation, rev } = store.peek(1);
    expect(clock.since(seen, 9).positions).toEqual([[1, incarnation, rev]]);
    const { clock: later } = clock.since(seen, 9);
    await standings.readAll();
    expect(clock.since(later, 9).positions).toEqual([]);
  });

  it('find out by reading what no publication has told', async () => {
    const { standings, store, clock } = new RegionBench();
    await standings.readAll();
    const { clock: seen } = clock.since(0, 9);
    standings.published = () => undefined;
    store.add(0, 'home', 1);
    expect(clock.since(seen, 9).positions).toEqual([]);
    await standings.readAll();
    expect(clock.since(seen, 9).positions).toHaveLength(1);
  });

  it('know of what was merged and left out without a further reading', async () => {
    const { standings, clock } = new RegionBench();
    await standings.readAll();
    const { clock: seen } = clock.since(0, 9);
    standings.merged(0, 'b', {
      verdict: 'taken',
      position: { incarnation: LATE, seq: 0, rev: 5 },
      pulled: { incarnation: LATE, rev: 3 },
      vector: [['b', LATE, 4]],
    });
    standings.staleSet(0, ['c']);
    expect(standings.get(0)).toEqual({
      position: { incarnation: LATE, seq: 0, rev: 5 },
      vector: [['b', LATE, 4]],
      pulled: new Map([['b', { incarnation: LATE, rev: 3 }]]),
      stale: ['c'],
    });
    expect([...standings.staleSomewhere()]).toEqual(['c']);
    expect(clock.since(seen, 9).positions).toEqual([[0, LATE, 5]]);
  });
});
