/**
 * region-since, region-slice, region-records and region-merge, with the rest of the store.
 *
 * Goal    regions that pull from each other come to show the same and the right thing, whatever is lost, repeated or
 *         forgotten on the way: every operation once at most, and once exactly unless its region forgot it untold.
 * Method  three regions with a Redis each. Additions are distinct powers of two, so that a total tells which of them it
 *         counts; presence is a gateway a region that restates itself after a loss. Parts are read at one time and taken
 *         at another, twice or not at all. At the end everyone pulls from everyone until nothing moves.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import type { BucketPart } from './region-part.js';
import { PART_BOUNDS, PART_RECORDS_MAX } from './region-reader.js';
import type { Snapshot, StoreHarness } from './testing/store-harness.js';
import { openStores } from './testing/store-harness.js';

const BUCKET = 3;
const REGIONS = ['ams', 'fra', 'sin'] as const;
type Name = (typeof REGIONS)[number];
const PAGES = ['home', 'x'.repeat(80)];

/** A region, and what the test knows of it. */
interface Region {
  readonly name: Name;
  readonly stores: StoreHarness;
  readonly present: Map<string, number>;
  version: number;
  number: number;
  saved: Snapshot;
}

describe('regions', () => {
  const regions = new Map<Name, Region>();
  beforeAll(async () => {
    for (const name of REGIONS) {
      const stores = await openStores({ region: name, idsMax: 20_000 });
      regions.set(name, { name, stores, present: new Map(), version: 0, number: 0, saved: [] });
    }
  });
  afterAll(async () => {
    for (const { stores } of regions.values()) await stores.close();
  });
  beforeEach(async () => {
    for (const region of regions.values()) await forgetAll(region);
  });

  const at = (name: Name): Region => {
    const region = regions.get(name);
    if (!region) throw new Error(`no region ${name}`);
    return region;
  };

  async function forgetAll(region: Region): Promise<void> {
    await region.stores.redis.flushall();
    region.present.clear();
    region.saved = [];
    Object.assign(region.stores.partBounds, PART_BOUNDS);
  }

  async function add(name: Name, amount: number, operationId: string | null = null, page = 'home') {
    const region = at(name);
    const { added } = await region.stores.counters.add({
      bucket: BUCKET,
      instance: 'i',
      number: (region.number += 1),
      additions: [{ pageId: page, name: 'likes', amount, operationId }],
      sentUnder: null,
    });
    return added[0]?.outcome;
  }

  async function join(name: Name, page: string, viewers: number): Promise<void> {
    const region = at(name);
    if (viewers === 0) region.present.delete(page);
    else region.present.set(page, viewers);
    await state(region);
  }

  /** The region's one gateway says all that it has. */
  async function state(region: Region): Promise<void> {
    region.version += 1;
    await region.stores.presence.apply('g', BUCKET, {
      from: null,
      to: region.version,
      entries: [...region.present].map(([key, viewers]) => ({
        key,
        value: { viewers, connections: viewers },
        version: region.version,
      })),
    });
  }

  interface Asked {
    readonly part: BucketPart;
    readonly under: string;
  }

  /** Asks as whoever has pulled this far; a cursor goes on with whole state. */
  async function ask(by: Name, of: Name, cursor: string | null = null): Promise<Asked> {
    const { position, vector, pulled } = await at(by).stores.regions.standing(BUCKET);
    const { incarnation, rev } = pulled.get(of) ?? { incarnation: '', rev: 0 };
    const asked = { bucket: BUCKET, incarnation, rev, vector, cursor };
    return { part: await at(of).stores.regions.read(asked), under: position.incarnation };
  }

  /** Pulls until the part says that nothing is left; gives the most records that one part told. */
  async function pull(by: Name, of: Name): Promise<number> {
    let cursor: string | null = null;
    for (let most = 0; ;) {
      const { part, under }: Asked = await ask(by, of, cursor);
      await at(by).stores.regions.merge(of, part, under);
      most = Math.max(most, part.state.operations.length);
      if (part.covers !== null) return most;
      cursor = part.cursor;
    }
  }

  /** In a chain ams and sin never meet: what one has reaches the other through fra alone. */
  const meet = (by: Name, of: Name, chain: boolean): boolean =>
    by !== of && !(chain && by !== 'fra' && of !== 'fra');

  async function pullAll(chain = false): Promise<void> {
    for (let round = 0; round < (chain ? 4 : 2); round += 1) {
      for (const by of REGIONS) {
        for (const of of REGIONS) if (meet(by, of, chain)) await pull(by, of);
      }
    }
  }

  const likes = async (name: Name, page = 'home'): Promise<number | undefined> =>
    (await at(name).stores.counters.read(BUCKET, [{ pageId: page, name: 'likes' }])).views[0]
      ?.durable;
  const viewers = async (name: Name, page: string): Promise<number | undefined> =>
    (await at(name).stores.counters.read(BUCKET, [{ pageId: page, name: 'viewers' }])).views[0]
      ?.viewers;

  it('gives back to one that has forgotten them more ids than a part may tell, and is pulled from again', async () => {
    const ids = Array.from({ length: 10_000 }, (_, place) => `o${place}`);
    for (let first = 0; first < ids.length; first += 500) {
      const additions = ids
        .slice(first, first + 500)
        .map((operationId) => ({ pageId: 'home', name: 'likes', amount: 1, operationId }));
      const batch = { bucket: BUCKET, instance: 'i', additions, sentUnder: null };
      await at('ams').stores.counters.add({ ...batch, number: (at('ams').number += 1) });
    }
    await pull('fra', 'ams');
    await at('ams').stores.redis.flushall();
    await pull('ams', 'fra');
    await add('ams', 1);
    for (const by of ['fra', 'sin'] as const) {
      expect(await pull(by, 'ams')).toBeLessThanOrEqual(PART_RECORDS_MAX);
    }
    for (const name of REGIONS) expect(await likes(name)).toBe(ids.length + 1);
    for (const name of REGIONS) expect(await add(name, 1, 'o77')).toBe('replayed');
  });

  it('shows everywhere what was added anywhere, and who is there', async () => {
    await add('ams', 1);
    await add('fra', 2);
    await join('ams', 'home', 3);
    await join('fra', 'home', 4);
    await pullAll();
    for (const name of REGIONS) {
      expect([await likes(name), await viewers(name, 'home')]).toEqual([3, 7]);
    }
    await join('ams', 'home', 0);
    await pullAll();
    for (const name of REGIONS) expect(await viewers(name, 'home')).toBe(4);
  });

  it('passes on through a third region', async () => {
    await add('ams', 1);
    await join('ams', 'home', 3);
    await pull('fra', 'ams');
    await pull('sin', 'fra');
    expect([await likes('sin'), await viewers('sin', 'home')]).toEqual([1, 3]);
    await join('ams', 'home', 0);
    await pull('fra', 'ams');
    await pull('sin', 'fra');
    expect(await viewers('sin', 'home')).toBe(0);
  });

  it('does not let a region that was away bring back who has left', async () => {
    await join('ams', 'home', 3);
    await pullAll();
    await join('ams', 'home', 0);
    await pull('fra', 'ams');
    await pull('fra', 'sin');
    expect(await viewers('fra', 'home')).toBe(0);
    await pull('sin', 'fra');
    expect(await viewers('sin', 'home')).toBe(0);
  });

  it('gives back to a region that lost everything what the others know', async () => {
    await add('ams', 5);
    await add('ams', 7, 'op');
    await pullAll();
    await at('ams').stores.redis.flushall();
    await pull('ams', 'fra');
    expect(await likes('ams')).toBe(12);
    expect(await add('ams', 7, 'op')).toBe('replayed');
    await add('ams', 1);
    await pullAll();
    for (const name of REGIONS) expect(await likes(name)).toBe(13);
  });

  it('counts one id once though two regions have taken it', async () => {
    await add('ams', 5, 'op');
    await add('fra', 5, 'op');
    await pullAll();
    for (const name of REGIONS) expect(await likes(name)).toBe(5);
  });

  it('counts one id once though a region has taken it before and after it forgot', async () => {
    await add('ams', 5, 'op');
    await pull('fra', 'ams');
    await at('ams').stores.redis.flushall();
    expect(await add('ams', 5, 'op')).toBe('added');
    await pullAll();
    for (const name of REGIONS) expect(await likes(name)).toBe(5);
  });

  it('takes nothing back because of an increment that is lost on the way', async () => {
    await pullAll();
    await add('ams', 5, 'op');
    await add('fra', 5, 'op');
    await pull('ams', 'fra');
    // The counter's row moves on past that of another page, so that the void amount is told before it.
    await add('ams', 2, null, 'other');
    await add('ams', 1);
    at('ams').stores.partBounds.rowsMax = 1;
    const { part, under } = await ask('fra', 'ams');
    expect(part.state.rows.map(([key]) => key)).toEqual(['other likes']);
    expect(part.state.voids).toHaveLength(1);
    await at('fra').stores.regions.merge('ams', part, under);
    await at('ams').stores.redis.flushall();
    await pullAll();
    for (const name of REGIONS) expect([name, await likes(name)]).toEqual([name, 5]);
  });

  it('answers a batch of an ended incarnation that it does not know with OUTCOME_UNKNOWN', async () => {
    await add('ams', 1);
    const { counters, redis } = at('ams').stores;
    const sentUnder = counters.seenIncarnation(BUCKET);
    await redis.flushall();
    const addition = { pageId: 'home', name: 'likes', amount: 2 };
    const { added } = await counters.add({
      bucket: BUCKET,
      instance: 'i',
      number: 1000,
      additions: [
        { ...addition, operationId: null },
        { ...addition, operationId: 'op' },
      ],
      sentUnder,
    });
    expect(added.map(({ outcome }) => outcome)).toEqual(['OUTCOME_UNKNOWN', 'added']);
  });

  it('leaves out the viewers of stale regions, names them, and keeps their likes', async () => {
    await join('ams', 'home', 3);
    await add('ams', 1);
    await pullAll();
    const { regions: store, counters } = at('fra').stores;
    const before = await counters.compare(BUCKET);
    await store.setStale(BUCKET, ['ams']);
    expect((await counters.since(BUCKET, before, 100)).rows).toBeNull();
    expect([await likes('fra'), await viewers('fra', 'home')]).toEqual([1, 0]);
    const read = await counters.read(BUCKET, [{ pageId: 'home', name: 'viewers' }]);
    expect(read.staleRegions).toEqual(['ams']);
    await store.setStale(BUCKET, []);
    expect(await viewers('fra', 'home')).toBe(3);
  });

  it('drops the viewers of a retired region for good', async () => {
    await join('ams', 'home', 3);
    await pullAll();
    await at('fra').stores.regions.dropRegion(BUCKET, 'ams');
    await pull('fra', 'sin');
    expect(await viewers('fra', 'home')).toBe(0);
    expect(await viewers('sin', 'home')).toBe(3);
  });

  it('takes whole state in slices, and intervals in parts, however many counters there are', async () => {
    for (let page = 0; page < 700; page += 1) await add('ams', page + 1, null, `p${page}`);
    await pull('fra', 'ams');
    for (let page = 0; page < 700; page += 1) await add('ams', 1, `more-${page}`, `p${page}`);
    await pull('fra', 'ams');
    for (const page of [0, 123, 699]) expect(await likes('fra', `p${page}`)).toBe(page + 2);
    expect(await add('fra', 1, 'more-699', 'p699')).toBe('replayed');
    const { pulled } = await at('fra').stores.regions.standing(BUCKET);
    const { rev } = (await at('ams').stores.regions.standing(BUCKET)).position;
    expect(pulled.get('ams')?.rev).toBe(rev);
  }, 60_000);

  it('lets nobody come back through another region between two parts of an interval', async () => {
    await pullAll();
    await join('fra', 'home', 3);
    await pull('sin', 'fra');
    await join('fra', 'home', 0);
    await add('fra', 1);
    at('fra').stores.partBounds.rowsMax = 1;
    const { part, under } = await ask('ams', 'fra');
    expect(part.covers).toBeNull();
    await at('ams').stores.regions.merge('fra', part, under);
    await pull('ams', 'sin');
    expect(await viewers('ams', 'home')).toBe(0);
    await pull('ams', 'fra');
    await pull('ams', 'sin');
    expect(await viewers('ams', 'home')).toBe(0);
    expect(await at('ams').stores.redis.exists(`hc:{${BUCKET}}:gone`)).toBe(0);
  });

  it('lets nobody come back through another region between two slices of whole state', async () => {
    const pages = Array.from({ length: 16 }, (_, page) => `here${page}`);
    for (let page = 0; page < 300; page += 1) await add('fra', 1, null, `p${page}`);
    for (const page of pages) await join('fra', page, 3);
    await pull('sin', 'fra');
    await add('ams', 1);
    for (const page of pages) await join('fra', page, 0);
    const slices: Asked[] = [];
    for (let cursor: string | null = null, ended = false; !ended;) {
      const asked: Asked = await ask('ams', 'fra', cursor);
      slices.push(asked);
      cursor = asked.part.cursor;
      ended = asked.part.covers !== null;
    }
    const take = async ({ part, under }: Asked): Promise<string> =>
      (await at('ams').stores.regions.merge('fra', part, under)).verdict;
    const half = 1 + slices.findIndex(({ part }) => part.slice?.[1] === 1);
    for (const slice of slices.slice(0, half)) expect(await take(slice)).toBe('taken');
    await pull('ams', 'sin');
    for (const slice of slices.slice(half)) expect(await take(slice)).toBe('taken');
    for (const page of pages) expect([page, await viewers('ams', page)]).toEqual([page, 0]);
    expect(await at('ams').stores.redis.exists(`hc:{${BUCKET}}:slices`)).toBe(0);
    const first = slices.find(({ part }) => part.slice?.[1] === 0);
    const third = slices.find(({ part }) => part.slice?.[1] === 2);
    if (!first || !third) throw new Error('there are fewer than three slices');
    expect([await take(first), await take(third)]).toEqual(['taken', 'need']);
  });

  it('adds up exactly beyond 2^53 and says so', async () => {
    const MAX = Number.MAX_SAFE_INTEGER;
    await add('ams', MAX);
    await add('fra', 5);
    await pullAll();
    expect(await likes('sin')).toBe(MAX + 1);
    await add('fra', -6);
    await pullAll();
    for (const name of REGIONS) expect(await likes(name)).toBe(MAX - 1);
  });

  const region = fc.constantFrom(...REGIONS);
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant('add' as const),
        region,
        id: fc.option(fc.nat({ max: 3 })),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        does: fc.constant('join' as const),
        region,
        page: fc.constantFrom(...PAGES),
        viewers: fc.nat({ max: 3 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant('read' as const),
        ...{ region, of: region, goOn: fc.boolean() },
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant('take' as const),
        which: fc.nat(),
        keep: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('pull' as const), region, of: region }) },
    {
      weight: 2,
      arbitrary: fc.record({
        does: fc.constantFrom(
          'save' as const,
          'rollBack' as const,
          'flush' as const,
          'sweep' as const,
        ),
        region,
      }),
    },
  );

  it('comes to the same and the right thing in random histories', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.boolean(),
        fc.boolean(),
        async (steps, chain, small) => {
          for (const each of regions.values()) {
            await forgetAll(each);
            if (small) Object.assign(each.stores.partBounds, { rowsMax: 1, recordsMax: 1 });
          }
          const cursors = new Map<string, string | null>();
          const parts: (Asked & { by: Name; of: Name })[] = [];
          const added: { region: Name; bit: number }[] = [];
          const forgetful = new Set<number>();
          const bits = new Map<number, number>();
          let bit = 0;
          const forget = async (name: Name): Promise<void> => {
            for (const each of added) if (each.region === name) forgetful.add(each.bit);
            await state(at(name));
          };
          for (const one of steps) {
            if (one.does === 'add') {
              let mine = bits.get(one.id ?? -1);
              if (one.id === null || mine === undefined) mine = bit++;
              if (one.id !== null) bits.set(one.id, mine);
              const outcome = await add(
                one.region,
                2 ** mine,
                one.id === null ? null : `op ${one.id}`,
              );
              if (outcome === 'added') added.push({ region: one.region, bit: mine });
            } else if (one.does === 'join') await join(one.region, one.page, one.viewers);
            else if (one.does === 'read' && meet(one.region, one.of, chain)) {
              const { region: by, of } = one;
              const cursor = one.goOn ? (cursors.get(`${by} ${of}`) ?? null) : null;
              const asked = await ask(by, of, cursor);
              cursors.set(`${by} ${of}`, asked.part.cursor);
              parts.push({ by, of, ...asked });
            } else if (one.does === 'take' && parts.length > 0) {
              const which = one.which % parts.length;
              const taken = parts[which];
              if (taken) await at(taken.by).stores.regions.merge(taken.of, taken.part, taken.under);
              if (!one.keep) parts.splice(which, 1);
            } else if (one.does === 'pull' && meet(one.region, one.of, chain))
              await pull(one.region, one.of);
            else if (one.does === 'save')
              at(one.region).saved = await at(one.region).stores.snapshot();
            else if (one.does === 'rollBack') {
              await at(one.region).stores.rollBackTo(at(one.region).saved);
              await forget(one.region);
            } else if (one.does === 'flush') {
              await at(one.region).stores.redis.flushall();
              await forget(one.region);
            } else if (one.does === 'sweep') {
              at(one.region).stores.clock.nowMs += 60_000;
              await at(one.region).stores.upkeep.sweep(BUCKET);
            }
          }
          await pullAll(chain);
          for (const page of PAGES) {
            const truth = REGIONS.reduce((sum, name) => sum + (at(name).present.get(page) ?? 0), 0);
            for (const name of REGIONS)
              expect([name, await viewers(name, page)]).toEqual([name, truth]);
          }
          const total = (await likes('ams')) ?? 0;
          for (const name of REGIONS) expect([name, await likes(name)]).toEqual([name, total]);
          const counted = [...Array(bit).keys()].filter(
            (each) => Math.floor(total / 2 ** each) % 2 === 1,
          );
          expect(total).toBe(counted.reduce((sum, each) => sum + 2 ** each, 0));
          const sure = [...new Set(added.map((each) => each.bit))].filter(
            (each) => !forgetful.has(each),
          );
          expect(counted).toEqual(expect.arrayContaining(sure));
          for (const { stores } of regions.values()) {
            const audited = await stores.upkeep.audit(BUCKET, ['g'], 0);
            expect(audited?.differences ?? []).toEqual([]);
          }
        },
      ),
      { numRuns: runs(120) },
    );
  }, 120_000);
});
