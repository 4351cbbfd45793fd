/**
 * modifications-read and operations-read, with what other scripts write of modifications.
 *
 * Goal    unread can be computed from what is told, whoever has counted an event and whatever was forgotten since.
 * Method  two regions with a Redis each, and one without peers. Events are told to one or to both, then they pull.
 */
import { unread, versionOf, type VersionVector, type Writer } from '@headcount/crdt';
import {
  MODIFICATIONS,
  orThrow,
  parseOperationId,
  parsePageId,
  type OperationId,
} from '@headcount/protocol';
import { RedisCounterStore } from './counter.store.js';
import { RedisModificationStore } from './modification.store.js';
import { RedisRegionStore } from './region.store.js';
import { pull, type Region } from './testing/pull.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

const HOME = orThrow(parsePageId('home'));
const LONG = orThrow(parsePageId('x'.repeat(90)));
const operation = (id: string): OperationId => orThrow(parseOperationId(id));
const NOTHING: VersionVector = new Map();
const ZERO = '0'.repeat(20);

describe('modifications', () => {
  const opened: StoreHarness[] = [];
  let ams: Region;
  let fra: Region;
  let lone: StoreHarness;
  beforeAll(async () => {
    ams = { name: 'ams', stores: await openStores({ region: 'ams' }) };
    fra = { name: 'fra', stores: await openStores({ region: 'fra' }) };
    lone = await openStores();
    opened.push(ams.stores, fra.stores, lone);
  });
  afterAll(async () => {
    for (const stores of opened) await stores.close();
  });
  let number = 0;
  beforeEach(async () => {
    for (const stores of opened) await stores.redis.flushall();
  });

  const modify = async (stores: StoreHarness, id: string, page = HOME) => {
    const { added } = await stores.counters.add({
      ...{ bucket: 0, instance: 'i', number: (number += 1), sentUnder: null },
      additions: [{ pageId: page, name: MODIFICATIONS, amount: 1, operationId: operation(id) }],
    });
    return added[0]?.outcome;
  };
  const read = async (stores: StoreHarness, after = NOTHING, pageId = HOME) => {
    const [found] = await stores.modifications.read([{ pageId, after }]);
    if (!found) throw new Error('a page that was asked for is answered');
    return found;
  };
  const shown = async (stores: StoreHarness, after = NOTHING, page = HOME): Promise<number> => {
    const { made, pairs } = await read(stores, after, page);
    return unread(made, after, pairs);
  };
  const total = async (stores: StoreHarness, page = HOME): Promise<number | undefined> =>
    (await stores.counters.read(0, [{ pageId: page, name: MODIFICATIONS }])).views[0]?.durable;
  const meet = async (): Promise<void> => {
    for (let round = 0; round < 2; round += 1) {
      await pull(ams, fra);
      await pull(fra, ams);
    }
  };

  it('of a page that was never modified are none', async () => {
    expect(await read(lone)).toEqual({ made: NOTHING, pairs: [], modifiedAtMs: 0 });
    expect(await lone.modifications.read([])).toEqual([]);
  });

  it('are answered in the order asked, whatever buckets the pages lie in', async () => {
    const wide = await openStores({ buckets: 8 });
    opened.push(wide);
    const pages = Array.from({ length: 20 }, (_, at) => orThrow(parsePageId(`p${at}`)));
    const asks = pages.map((pageId) => ({ pageId, after: NOTHING }));
    expect(await wide.modifications.read(asks)).toHaveLength(20);
  });

  it('of a region without peers have one writer, through all its incarnations', async () => {
    await modify(lone, 'e1');
    await modify(lone, 'e2');
    await lone.redis.hset('hc:{0}:meta', 'replid', 'another');
    await modify(lone, 'e3');
    const { made, modifiedAtMs } = await read(lone);
    expect(made).toEqual(new Map([[`local/${ZERO}`, 3]]));
    expect(modifiedAtMs).toBe(lone.clock.nowMs);
  });

  it('keep that writer when the region gets peers', async () => {
    const context = { ...lone.context, region: 'local' };
    await modify(lone, 'e1');
    await modify(lone, 'e2');
    const { made: before } = await read(lone);
    const shared = new RedisCounterStore(context, {
      windowMs: 600_000,
      idsMax: 1000,
      idsPerViewerMax: 1000,
    });
    await shared.add({
      ...{ bucket: 0, instance: 'i', number: (number += 1), sentUnder: null },
      additions: [{ pageId: HOME, name: MODIFICATIONS, amount: 1, operationId: null }],
    });
    const { made } = await read(lone);
    expect(versionOf(made, `local/${ZERO}` as Writer)).toBe(2);
    expect([...made.values()].sort()).toEqual([1, 2]);
    expect(await shown(lone, before)).toBe(1);
  });

  it('are known by the place that an event id has taken', async () => {
    await modify(lone, 'e1');
    await modify(lone, 'e2');
    expect(await modify(lone, 'e1')).toBe('replayed');
    const place = (id: string) => lone.modifications.placeOf(HOME, operation(id));
    expect(await place('e1')).toEqual({ writer: `local/${ZERO}`, position: 1 });
    expect(await place('e2')).toEqual({ writer: `local/${ZERO}`, position: 2 });
    expect(await place('e3')).toBeNull();
    expect(await lone.modifications.placeOf(LONG, operation('e1'))).toBeNull();
  });

  it.each([
    ['a short name', HOME],
    ['a long one', LONG],
  ])('of one event in two regions are one once these have met: a page of %s', async (_, page) => {
    await modify(ams.stores, 'only ams', page);
    await modify(ams.stores, 'both', page);
    await modify(fra.stores, 'both', page);
    await modify(fra.stores, 'only fra', page);
    await meet();
    for (const { stores } of [ams, fra]) {
      expect([await total(stores, page), await shown(stores, NOTHING, page)]).toEqual([3, 3]);
      const { made } = await read(stores, NOTHING, page);
      expect([...made.values()]).toEqual([2, 2]);
      // Who has read it where one region has counted it has read it.
      for (const [writer, position] of made) {
        expect(await shown(stores, new Map([[writer, position]]), page)).toBe(1);
      }
      expect((await read(stores, made, page)).pairs).toEqual([]);
      expect(await shown(stores, made, page)).toBe(0);
    }
  });

  it('of one event are one also where a region has taken it before it had peers', async () => {
    await modify(lone, 'both');
    const late: Region = { name: 'bru', stores: { ...lone, ...withRegion('bru') } };
    await modify(fra.stores, 'both');
    await pull(late, fra);
    await pull(fra, late);
    await pull(late, fra);
    expect([await total(lone), await total(fra.stores)]).toEqual([1, 1]);
    expect(await shown(fra.stores)).toBe(1);
  });

  it('of an incarnation that has ended stay apart, and what a mark had of it stays read', async () => {
    await modify(ams.stores, 'e1');
    const saved = await ams.stores.snapshot();
    await modify(ams.stores, 'e2');
    await pull(fra, ams);
    const { made: seen } = await read(fra.stores);
    await ams.stores.rollBackTo(saved);
    await modify(ams.stores, 'e3');
    expect((await read(ams.stores)).made.size).toBe(2);
    expect(await shown(ams.stores, seen)).toBe(1);
    await meet();
    for (const { stores } of [ams, fra]) {
      expect([await shown(stores), await shown(stores, seen)]).toEqual([3, 1]);
    }
  });

  it('that Redis cannot promise are not told', async () => {
    const { context } = ams.stores;
    const asked: string[] = [];
    const doubtful = new RedisModificationStore(
      {
        ...context,
        durability: {
          reached: async (replid) => {
            asked.push(replid);
            throw new Error('no replica has it');
          },
        },
      },
      { buckets: 1, home: 'ams' },
    );
    await modify(ams.stores, 'e1');
    await expect(doubtful.read([{ pageId: HOME, after: NOTHING }])).rejects.toThrow('no replica');
    expect(asked).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)]);
  });

  function withRegion(region: string): Pick<StoreHarness, 'regions'> {
    const context = { ...lone.context, region };
    return { regions: new RedisRegionStore(context, { windowMs: 600_000 }) };
  }
});
