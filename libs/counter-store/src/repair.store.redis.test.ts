/**
 * counter-set: an operator gives a counter a value.
 *
 * Goal    a counter whose totals stand at 2^53-1 shows the value that it was set to and counts on from there, in every region;
 *         what was counted meanwhile elsewhere stays; nothing is done twice; the sum of the entries is the total after every script.
 * Method  examples; random histories of three regions that add, set, forget and pull, against plain sums.
 */
import fc from 'fast-check';
import { pull } from './testing/pull.js';
import { openStores } from './testing/store-harness.js';

const BUCKET = 0;
const MAX = Number.MAX_SAFE_INTEGER;
const NAMES = ['ams', 'fra', 'sin'] as const;
const LIKES = { pageId: 'home', name: 'likes' };
const LONG = { pageId: 'long/'.repeat(20), name: 'likes' };
const STOCK = { pageId: 'home', name: 'stock' };
const CHANGES = { pageId: 'home', name: 'modifications' };

async function openRegion(name: string) {
  const peers = NAMES.filter((one) => one !== name);
  const stores = await openStores({
    ...{ region: name, peers: name === '' ? [] : peers },
    ...{ rules: { bounded: ['stock'], windowed: ['likes'] }, trended: ['likes'] },
  });
  let number = 0;
  const add = async (amount: number, counter = LIKES, operationId: string | null = null) => {
    number += 1;
    const additions = [{ ...counter, amount, operationId }];
    const batch = { bucket: BUCKET, instance: 'i', number, additions, sentUnder: null };
    return (await stores.counters.add(batch)).added[0]?.outcome;
  };
  return {
    name,
    stores,
    add,
    set: (value: number, counter = LIKES, key: string | null = null) =>
      stores.repairs.set({
        ...{ bucket: BUCKET, ...counter, value, by: 'ops', reason: 'it was damaged' },
        operation: key === null ? null : { id: key, key },
      }),
    async damage(counter = LIKES) {
      await add(MAX, counter);
      await add(-MAX, counter);
    },
    async count(counter = LIKES) {
      return (await stores.counters.read(BUCKET, [counter])).views[0]?.durable;
    },
    async differences() {
      return (await stores.upkeep.audit(BUCKET, [], 0))?.differences;
    },
    hour: () =>
      stores.windows.read(BUCKET, LIKES, [
        { kind: 'h', first: 472_222, last: Math.floor(stores.clock.nowMs / 3_600_000) },
      ]),
  };
}
type Region = Awaited<ReturnType<typeof openRegion>>;

describe('a counter that is set', () => {
  let regions: readonly [Region, Region, Region];
  let alone: Region;
  beforeAll(async () => {
    const opened = await Promise.all([...NAMES, ''].map(openRegion));
    regions = opened.slice(0, 3) as unknown as typeof regions;
    alone = opened[3] as Region;
  });
  afterAll(() => Promise.all([...regions, alone].map(({ stores }) => stores.close())));
  beforeEach(async () => {
    for (const { stores } of [...regions, alone]) await stores.redis.flushall();
  });

  /** Every region pulls from every other until nothing is left to pull. */
  async function pullAll(rounds = 2): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      for (const by of regions) for (const of of regions) if (by !== of) await pull(by, of, BUCKET);
    }
  }
  const everywhere = async (count: number, counter = LIKES): Promise<void> => {
    await pullAll();
    for (const region of regions) {
      expect([region.name, await region.count(counter)]).toEqual([region.name, count]);
      expect(await region.differences()).toEqual([]);
    }
  };

  it.each([
    ['alone', () => alone],
    ['in a region', () => regions[0]],
  ])('counts on where its totals had no room left, %s', async (_, region) => {
    await region().damage();
    expect(await region().add(1)).toBe('OUT_OF_RANGE');
    expect(await region().set(120)).toMatchObject({
      ...{ outcome: 'set', before: 0, view: { durable: 120 } },
    });
    expect(await region().add(1)).toBe('added');
    expect(await region().add(-200)).toBe('added');
    expect(await region().add(1_000_000)).toBe('added');
    expect(await region().count()).toBe(999_921);
    // What belongs to it counts on with it.
    expect(await region().hour()).toEqual([999_921]);
    expect(await region().differences()).toEqual([]);
  });

  it.each([LIKES, LONG])('shows the value in every region, of $pageId', async (counter) => {
    const [ams, fra, sin] = regions;
    await ams.damage(counter);
    await fra.add(7, counter);
    await everywhere(7, counter);
    await sin.set(120, counter);
    await everywhere(120, counter);
    // The region whose writer is full has no room of its own yet.
    expect(await ams.add(1, counter)).toBe('OUT_OF_RANGE');
    await ams.set(120, counter);
    for (const region of regions) expect(await region.add(1, counter)).toBe('added');
    await everywhere(123, counter);
  });

  it('keeps what other regions have counted meanwhile', async () => {
    const [ams, fra] = regions;
    await ams.damage();
    await ams.add(-5);
    await pullAll();
    await Promise.all([ams.set(120), fra.add(3)]);
    await everywhere(123);
  });

  it('is mended where the sum of all regions is beyond 2^53', async () => {
    const [ams, fra, sin] = regions;
    for (const region of regions) await region.add(MAX);
    await pullAll();
    expect(await ams.count()).toBe(MAX + 1);
    expect(await ams.set(-4)).toMatchObject({ before: null, view: { durable: -4 } });
    await everywhere(-4);
    expect(await ams.add(10)).toBe('added');
    // Those who hold 2^53-1 of their own are set once each.
    await pullAll();
    for (const region of [fra, sin]) await region.set(6);
    for (const region of regions) expect(await region.add(1)).toBe('added');
    await everywhere(9);
  });

  it('is set once under an operation id, by whatever region', async () => {
    const [ams, fra] = regions;
    await ams.add(5, LIKES, 'op');
    await pullAll();
    expect(await ams.set(100, LIKES, 'op')).toMatchObject({ outcome: 'set', before: 5 });
    await ams.add(1);
    expect(await ams.set(100, LIKES, 'op')).toMatchObject({
      ...{ outcome: 'replayed', before: 5, view: { durable: 101 } },
    });
    expect((await ams.set(101, LIKES, 'op')).outcome).toBe('OPERATION_ID_REUSED');
    expect((await ams.set(100, STOCK, 'op')).outcome).toBe('OPERATION_ID_REUSED');
    // Neither knows of the other.
    await fra.set(100, LIKES, 'op');
    await everywhere(101);
    expect(await regions[2].set(100, LIKES, 'op')).toMatchObject({
      ...{ outcome: 'replayed', before: null },
    });
    expect((await regions[2].set(7, STOCK, 'op')).outcome).toBe('OPERATION_ID_REUSED');
    await everywhere(101);
  });

  it('counts twice what two operators set at the same time, the same in every region', async () => {
    const [ams, fra] = regions;
    await ams.add(10);
    await pullAll();
    await Promise.all([ams.set(20), fra.set(30)]);
    await everywhere(40);
    await ams.set(30);
    await everywhere(30);
  });

  it('does not come back as it was with what a Redis had forgotten', async () => {
    const [ams, fra] = regions;
    await ams.damage();
    await ams.add(-9);
    await pullAll();
    const before = await ams.stores.snapshot();
    await ams.set(120);
    await pull(fra, ams, BUCKET);
    await ams.stores.rollBackTo(before);
    await ams.stores.counters.compare(BUCKET);
    await everywhere(120);
    expect(await ams.add(1)).toBe('added');
    await everywhere(121);
  });

  it('keeps votes as they are, and counts them on top of what they can take back', async () => {
    const [ams] = regions;
    const vote = { ...LIKES, voter: 'ann' as never, wish: { choice: '' } } as never;
    await ams.stores.votes.change(BUCKET, [vote]);
    await ams.set(10);
    await everywhere(10);
    const back = { ...LIKES, voter: 'ann' as never, wish: 'take back' } as never;
    await regions[1].stores.votes.change(BUCKET, [back]);
    await everywhere(9);
  });

  it('is lowered no further than the rights of the region reach where it is bounded', async () => {
    const [ams, fra] = regions;
    await ams.add(10, STOCK);
    await pullAll();
    expect((await fra.set(4, STOCK)).outcome).toBe('QUOTA_ELSEWHERE');
    expect((await ams.set(4, STOCK)).outcome).toBe('set');
    await pullAll();
    expect((await fra.set(6, STOCK)).outcome).toBe('set');
    await everywhere(6, STOCK);
    expect(await fra.stores.quotas.read({ bucket: BUCKET, ...STOCK })).toMatchObject({ here: 2 });
    await ams.add(MAX - 10, STOCK);
    await ams.add(10 - MAX, STOCK);
    expect(await ams.add(1, STOCK)).toBe('OUT_OF_RANGE');
    await ams.set(8, STOCK);
    await everywhere(8, STOCK);
    expect(await ams.add(1, STOCK)).toBe('added');
    expect(await ams.add(-7, STOCK)).toBe('added');
    expect(await ams.add(-1, STOCK)).toBe('QUOTA_ELSEWHERE');
  });

  describe('of modifications', () => {
    const made = async (region: Region) => {
      const { pages } = await region.stores.modifications.readBucket(BUCKET, [
        { pageId: 'home' as never, pairsAbove: null },
      ]);
      return [...(pages[0]?.made ?? [])];
    };

    it.each([
      ['alone', () => alone],
      ['in a region', () => regions[0]],
    ])('tells whoever has read all of what comes next, %s', async (_, region) => {
      await region().damage(CHANGES);
      const read = new Map(await made(region()));
      await region().set(0, CHANGES);
      await region().add(1, CHANGES);
      const news = (await made(region())).filter(([writer, at]) => at > (read.get(writer) ?? 0));
      expect(news.map(([, at]) => at)).toEqual([1]);
      await region().add(MAX - 1, CHANGES);
      const again = new Map(await made(region()));
      await region().set(0, CHANGES);
      await region().add(2, CHANGES);
      const later = (await made(region())).filter(([writer, at]) => at > (again.get(writer) ?? 0));
      expect(later.map(([, at]) => at)).toEqual([2]);
    });
  });

  it('is written down with who, when, why, before and after; the latest first', async () => {
    await alone.add(3);
    await alone.set(5, LIKES, 'op');
    await alone.set(5, LIKES, 'op');
    await alone.set(1, STOCK);
    alone.stores.clock.nowMs += 1000;
    await alone.add(MAX - 5);
    await alone.set(6);
    const { nowMs: atMs } = alone.stores.clock;
    const told = { pageId: 'home', name: 'likes', by: 'ops', reason: 'it was damaged' };
    expect(await alone.stores.repairs.sets({ bucket: BUCKET, ...LIKES })).toEqual([
      { ...told, atMs, before: MAX, after: 6, key: null },
      { ...told, atMs: atMs - 1000, before: 3, after: 5, key: 'op' },
    ]);
  });

  it('has the same sum everywhere whatever is added, set, forgotten and pulled', async () => {
    const region = fc.nat(2);
    const step = fc.record({
      do: fc.constantFrom('add', 'damage', 'set', 'pull', 'forget'),
      region,
      amount: fc.integer({ min: -99, max: 99 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        for (const { stores } of regions) await stores.redis.flushall();
        let sum: bigint | null = 0n;
        const counted = (amount: bigint | null): void => {
          sum = sum === null || amount === null ? null : sum + amount;
        };
        for (const { do: what, region: at, amount } of steps) {
          const one = regions[at] as Region;
          const add = async (by: number): Promise<void> => {
            if ((await one.add(by)) === 'added') counted(BigInt(by));
          };
          if (what === 'add' && amount !== 0) await add(amount);
          else if (what === 'damage') await add(amount < 0 ? -MAX : MAX);
          else if (what === 'set') {
            const { before } = await one.set(amount);
            // Of what was beyond 2^53 nobody is told by how much.
            counted(before === null ? null : BigInt(amount) - BigInt(before));
            expect(await one.count()).toBe(amount);
            expect([await one.add(1), await one.add(-1)]).toEqual(['added', 'added']);
          } else if (what === 'pull') await pull(one, regions[(at + 1) % 3] as Region, BUCKET);
          // A restart: another replication id, with all that it had.
          else if (what === 'forget')
            await one.stores.redis.hset(`hc:{${BUCKET}}:meta`, 'replid', 'f'.repeat(40));
          expect(await one.differences()).toEqual([]);
        }
        await pullAll();
        const counts = await Promise.all(regions.map((one) => one.count()));
        expect(new Set(counts).size).toBe(1);
        if (sum !== null && sum <= MAX && sum >= -MAX) expect(counts[0]).toBe(Number(sum));
      }),
      { numRuns: 30 },
    );
  });
});
