/**
 * The contract of a region's store.
 *
 * Goal    the Lua scripts decide as the model made of libs/crdt: totals are a PN-counter, presence a register a region, void
 *         amounts and known regions G-sets, what is covered a region vector.
 * Method  three regions, each with the store under test and the model beside it. The same random history is played on both,
 *         and both are compared after every step. Parts come from the store under test, are read at one time and taken at
 *         another, twice or not at all, and both take the same part. Regions go back to an earlier state, or forget all.
 *         In a chain ams and sin never meet. Once sin is retired it stands still. At the end everyone pulls from everyone, and
 *         all show the same.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import { indexKey, metaKey, regionsKey, voidsKey } from './keys.js';
import type { BucketPart, BucketState } from './region-part.js';
import { PART_BOUNDS } from './region-reader.js';
import { ModelRegionStore } from './testing/model-region-store.js';
import { shown } from './testing/region-model.js';
import { ask, type AskedPart } from './testing/pull.js';
import type { Snapshot, StoreHarness } from './testing/store-harness.js';

const BUCKET = 0;
const NAMES = ['ams', 'fra', 'sin'] as const;
type Name = (typeof NAMES)[number];
const PAGES = ['home', 'news'];
const COUNTERS = PAGES.flatMap((pageId) => ['likes', 'viewers'].map((name) => ({ pageId, name })));
const GATEWAY = 'g';

const name = fc.constantFrom<Name>(...NAMES);
const page = fc.constantFrom(...PAGES);
const does = <const D extends string, T extends object>(
  weight: number,
  doing: D,
  fields: { [K in keyof T]: fc.Arbitrary<T[K]> },
): fc.WeightedArbitrary<{ does: D } & T> => ({
  weight,
  arbitrary: fc.record({ does: fc.constant(doing), ...fields }) as fc.Arbitrary<{ does: D } & T>,
});
const step = fc.oneof(
  does(6, 'add', {
    at: name,
    page,
    amount: fc.integer({ min: -3, max: 9 }),
    id: fc.option(fc.nat(3)),
  }),
  does(5, 'join', { at: name, page, viewers: fc.nat(3), more: fc.nat(1) }),
  does(6, 'read', { at: name, of: name, goOn: fc.boolean() }),
  does(6, 'take', { which: fc.nat(50), keep: fc.boolean() }),
  does(3, 'pull', { at: name, of: name }),
  does(1, 'stale', { at: name, regions: fc.subarray([...NAMES]) }),
  does(1, 'retire', { at: fc.constantFrom<Name>('ams', 'fra') }),
  does(1, 'save', { at: name }),
  does(1, 'rollBack', { at: name }),
  does(1, 'flush', { at: name }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const pulls = (at: Name, of: Name): Step => ({ does: 'pull', at, of });
const joins = (at: Name, viewers: number): Step => ({
  does: 'join',
  at,
  page: 'home',
  viewers,
  more: 0,
});
const adds = (at: Name, id: number | null): Step => ({
  does: 'add',
  at,
  page: 'news',
  amount: 1,
  id,
});
/** Reads one part of what `of` has, and takes it. */
const takesPart = (at: Name, of: Name): Step[] => [
  { does: 'read', at, of, goOn: false },
  { does: 'take', which: 0, keep: false },
];

/** Histories that random ones seldom hit: steps, in a chain, in parts of one row. */
const SELDOM: [Step[], boolean, boolean][] = [
  // Between two parts of an interval another region, that knows less, tells of who has left.
  [
    [
      ...[pulls('ams', 'fra'), pulls('ams', 'sin'), pulls('sin', 'fra'), joins('fra', 3)],
      ...[pulls('sin', 'fra'), joins('fra', 0), adds('fra', null), ...takesPart('ams', 'fra')],
      pulls('ams', 'sin'),
    ],
    ...([false, true] as const),
  ],
  // An increment that another is void because of is lost before it is told.
  [
    [
      ...[pulls('fra', 'ams'), pulls('ams', 'fra'), adds('ams', 0), adds('fra', 0)],
      ...[pulls('ams', 'fra'), adds('ams', null), ...takesPart('fra', 'ams')],
      { does: 'flush', at: 'ams' },
    ],
    ...([false, true] as const),
  ],
];

/** An id stands for one operation, whoever takes it. */
const amountOf = (id: number): number => 10 ** (id + 2);
const pageOf = (id: number): string => PAGES[id % PAGES.length] ?? '';
const inOrder = <T>(items: Iterable<T>): T[] =>
  [...items].sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));

/** What rows say, without the places of writers and without an order that means nothing. */
function said({ writers, rows }: BucketState): unknown {
  const of = (place: number): string => writers[place]?.join('/') ?? '';
  return inOrder(
    rows.map(([key, , registers, totals]) => [
      key,
      inOrder(registers.map(([place, ...rest]) => [of(place), ...rest])),
      inOrder(totals.map(([place, ...rest]) => [of(place), ...rest])),
    ]),
  );
}

/** One region: the store under test, and the model of it. */
class Region {
  readonly model: ModelRegionStore;
  /** What the region's one gateway says of each page. */
  private readonly present = new Map<string, readonly [viewers: number, connections: number]>();
  private incarnation = '';
  private batches = 0;
  private saved: {
    readonly redis: Snapshot;
    readonly model: ReturnType<ModelRegionStore['snapshot']>;
  };

  constructor(
    readonly name: Name,
    readonly stores: StoreHarness,
  ) {
    this.model = new ModelRegionStore({
      ...{ region: name, buckets: 1, modulus: 1, rowsMax: Infinity },
      // A life is as long on both: that of Redis is looked up, and is later than the one before.
      incarnations: { next: () => this.incarnation },
    });
    this.saved = { redis: [], model: this.model.snapshot() };
  }

  /** The same on both: on Redis first, as the model takes its incarnation from there. */
  private async both<T>(onRedis: () => Promise<T>, onModel: () => T | Promise<T>): Promise<T> {
    const answer = await onRedis();
    const incarnation = (await this.stores.redis.hget(metaKey(BUCKET), 'incarnation')) ?? '';
    expect(incarnation >= this.incarnation).toBe(true);
    this.incarnation = incarnation;
    expect([this.name, await onModel()]).toEqual([this.name, answer]);
    return answer;
  }

  async add(pageId: string, amount: number, operationId: string | null): Promise<void> {
    const addition = { pageId, name: 'likes', amount, operationId };
    const batch = { bucket: BUCKET, instance: 'i', additions: [addition], sentUnder: null };
    await this.both(
      async () => {
        const { added } = await this.stores.counters.add({ ...batch, number: (this.batches += 1) });
        return added[0]?.outcome === 'replayed' ? 'replayed' : 'added';
      },
      () => this.model.add(BUCKET, `${pageId} likes`, amount, operationId).outcome,
    );
  }

  async join(pageId: string, viewers: number, connections: number): Promise<void> {
    this.present.set(pageId, [viewers, connections]);
    const [stored = 0] = await this.stores.presence.stored(GATEWAY, [BUCKET]);
    const entry = { key: pageId, value: { viewers, connections }, version: stored + 1 };
    const message = { from: stored, to: stored + 1, entries: [entry] };
    await this.both(
      async () => {
        await this.stores.presence.apply(GATEWAY, BUCKET, message);
      },
      () => this.model.setViewers(BUCKET, `${pageId} viewers`, viewers, connections),
    );
  }

  /** What the gateway says again after a loss. */
  async restate(): Promise<void> {
    for (const [pageId, [viewers, connections]] of this.present)
      await this.join(pageId, viewers, connections);
  }

  async ask(of: Region, cursor: string | null): Promise<AskedPart> {
    const asked = await ask(this, of, BUCKET, cursor);
    // What asking begins, where something was forgotten, is begun on the model too.
    await this.compareStanding();
    await of.compareStanding();
    if (asked.part.from !== null && of.stores.partBounds.rowsMax > 1)
      await this.compareRead(of, asked.part);
    return asked;
  }

  /** An interval that is not cut is, word for word, what the model tells. */
  private async compareRead(of: Region, part: BucketPart): Promise<void> {
    if (part.covers === null) return;
    const { vector } = await this.stores.regions.standing(BUCKET);
    const { incarnation, from, to } = part;
    const asked = { bucket: BUCKET, incarnation, rev: from ?? 0, vector, cursor: null };
    const told = await of.model.read(asked);
    expect([told.to, said(told.state)]).toEqual([to, said(part.state)]);
    expect(inOrder(told.covers ?? [])).toEqual(inOrder(part.covers));
  }

  async take(of: Name, { part, under }: AskedPart): Promise<void> {
    await this.both(
      async () => {
        const { vector, ...merged } = await this.stores.regions.merge(of, part, under);
        return { ...merged, vector: inOrder(vector) };
      },
      async () => {
        const { vector, ...merged } = await this.model.merge(of, part, under);
        return { ...merged, vector: inOrder(vector) };
      },
    );
  }

  async pull(of: Region): Promise<void> {
    let cursor: string | null = null;
    for (;;) {
      const asked: AskedPart = await this.ask(of, cursor);
      await this.take(of.name, asked);
      if (asked.part.covers !== null) return;
      cursor = asked.part.cursor;
    }
  }

  setStale(regions: readonly Name[]): Promise<unknown> {
    const others = regions.filter((region) => region !== this.name);
    return this.both(
      () => this.stores.regions.setStale(BUCKET, others),
      () => this.model.setStale(BUCKET, others),
    );
  }

  retire(region: Name): Promise<unknown> {
    return this.both(
      () => this.stores.regions.dropRegion(BUCKET, region),
      () => this.model.dropRegion(BUCKET, region),
    );
  }

  async save(): Promise<void> {
    this.saved = { redis: await this.stores.snapshot(), model: this.model.snapshot() };
  }

  async rollBack(): Promise<void> {
    await this.stores.rollBackTo(this.saved.redis);
    this.model.rollBackTo(this.saved.model);
    await this.restate();
  }

  async flush(): Promise<void> {
    await this.stores.redis.flushall();
    this.model.flush();
    await this.restate();
  }

  private async compareStanding(): Promise<void> {
    const { regions } = this.stores;
    await this.both(
      async () => {
        const { vector, pulled, stale, position } = await regions.standing(BUCKET);
        return {
          vector: inOrder(vector),
          pulled: inOrder(pulled),
          stale: [...stale].sort(),
          position,
        };
      },
      async () => {
        const { vector, pulled, stale, position } = await this.model.standing(BUCKET);
        return {
          vector: inOrder(vector),
          pulled: inOrder(pulled),
          stale: [...stale].sort(),
          position,
        };
      },
    );
  }

  /** All that is stored and shown, against the model. */
  async compare(): Promise<void> {
    await this.compareStanding();
    const { counters, redis } = this.stores;
    const held = this.model.peek(BUCKET);
    const { views } = await counters.read(BUCKET, COUNTERS);
    expect([
      this.name,
      views.map(({ viewers, connections, durable }) => ({ viewers, connections, durable })),
    ]).toEqual([
      this.name,
      COUNTERS.map((counter) => shown(held, `${counter.pageId} ${counter.name}`)),
    ]);
    const voids = (await redis.zrange(voidsKey(BUCKET), 0, -1)).map((member) => {
      const [, writer, amount, key, id] = /^(\S+) (\S+) \d+ \d+ ([^\t]+)\t(.*)$/.exec(member) ?? [];
      return [key, { id, writer, amount: Number(amount) }];
    });
    const modelled = [...held.counters].flatMap(([key, one]) =>
      [...one.voids.values()].map(({ id, writer, amount }) => [key, { id, writer, amount }]),
    );
    expect(inOrder(voids)).toEqual(inOrder(modelled));
    expect((await redis.hkeys(regionsKey(BUCKET))).sort()).toEqual([...held.known].sort());
    // Of counters that change together the order means nothing.
    const revs = await redis.zrange(indexKey(BUCKET), 0, -1, 'WITHSCORES');
    const counted = [...held.counters.values()].map(({ rev }) => rev).filter((rev) => rev > 0);
    expect(inOrder(revs.filter((_, at) => at % 2 === 1).map(Number))).toEqual(inOrder(counted));
  }
}

/** Declares the contract. `open` opens the stores of a region of this name on a Redis of their own. */
export function itKeepsTheContractOfRegions(open: (region: string) => Promise<StoreHarness>): void {
  const opened = new Map<Name, StoreHarness>();
  beforeAll(async () => {
    for (const one of NAMES) opened.set(one, await open(one));
  });
  afterAll(() => Promise.all([...opened.values()].map((stores) => stores.close())));

  async function play(steps: readonly Step[], chain: boolean, small: boolean): Promise<void> {
    const regions = new Map<Name, Region>();
    for (const [one, stores] of opened) {
      await stores.redis.flushall();
      Object.assign(stores.partBounds, small ? { rowsMax: 1, recordsMax: 1 } : PART_BOUNDS);
      regions.set(one, new Region(one, stores));
    }
    const at = (one: Name): Region => {
      const region = regions.get(one);
      if (!region) throw new Error(`no region ${one}`);
      return region;
    };
    let isRetired = false;
    const stands = (one: Name): boolean => isRetired && one === 'sin';
    /** In a chain what ams or sin has reaches the other through fra alone. */
    const meet = (by: Name, of: Name): boolean =>
      by !== of && !stands(by) && !stands(of) && !(chain && by !== 'fra' && of !== 'fra');
    const cursors = new Map<string, string | null>();
    const parts: { readonly by: Region; readonly of: Name; readonly asked: AskedPart }[] = [];
    const take = async (one: Step): Promise<Region | null> => {
      if (one.does === 'take') {
        const which = one.which % Math.max(parts.length, 1);
        const part = parts[which];
        if (part && !one.keep) parts.splice(which, 1);
        if (!part || stands(part.by.name)) return null;
        await part.by.take(part.of, part.asked);
        return part.by;
      }
      if (stands(one.at)) return null;
      const region = at(one.at);
      if (one.does === 'add') {
        if (one.id === null) await region.add(one.page, one.amount || 1, null);
        else await region.add(pageOf(one.id), amountOf(one.id), `op ${one.id}`);
      } else if (one.does === 'join')
        await region.join(one.page, one.viewers, one.viewers + one.more);
      else if (one.does === 'stale') await region.setStale(one.regions);
      else if (one.does === 'retire') {
        isRetired = true;
        await region.retire('sin');
      } else if (one.does === 'pull') {
        if (meet(one.at, one.of)) await region.pull(at(one.of));
      } else if (one.does === 'read') {
        if (!meet(one.at, one.of)) return null;
        const way = `${one.at} ${one.of}`;
        const asked = await region.ask(at(one.of), one.goOn ? (cursors.get(way) ?? null) : null);
        cursors.set(way, asked.part.cursor);
        parts.push({ by: region, of: one.of, asked });
      } else await region[one.does]();
      return region;
    };
    for (const one of steps) await (await take(one))?.compare();
    for (let round = 0; round < (chain ? 4 : 2); round += 1) {
      for (const by of NAMES) {
        for (const of of NAMES) if (meet(by, of)) await at(by).pull(at(of));
      }
    }
    for (const region of regions.values()) await region.compare();
    const likes = PAGES.map(
      (pageId) => shown(at('fra').model.peek(BUCKET), `${pageId} likes`).durable,
    );
    for (const one of NAMES.filter((each) => !stands(each))) {
      const held = at(one).model.peek(BUCKET);
      expect([one, PAGES.map((pageId) => shown(held, `${pageId} likes`).durable)]).toEqual([
        one,
        likes,
      ]);
    }
  }

  it('decides as the model does, step by step, and brings regions to the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.boolean(),
        fc.boolean(),
        play,
      ),
      { numRuns: runs(25), examples: SELDOM },
    );
  }, 240_000);
}
