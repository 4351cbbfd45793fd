/**
 * Histories of pages over regions: history-add, and what region-since, region-follows and region-merge tell of them.
 *
 * Goal    regions come to show the same last modifications, and those that were described last.
 * Method  three regions with a Redis each. Entries are added anywhere, one event perhaps in two regions, and pulled in any order;
 *         regions forget. At the end everyone pulls from everyone.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import { orThrow, parseOperationId, parsePageId } from '@headcount/protocol';
import type { HistoryEntry } from './history.store.js';
import { PART_BOUNDS } from './region-reader.js';
import { pull, type Region } from './testing/pull.js';
import { openStores } from './testing/store-harness.js';

const NAMES = ['ams', 'fra', 'sin'] as const;
const PAGES = ['home', 'x'.repeat(80)].map((id) => orThrow(parsePageId(id)));
/** As the stores of a test have it. */
const LENGTH_MAX = 5;

describe('histories of several regions', () => {
  const regions: Region[] = [];
  let nowMs = 0;
  beforeAll(async () => {
    for (const name of NAMES) regions.push({ name, stores: await openStores({ region: name }) });
    nowMs = at(0).stores.clock.nowMs;
  });
  afterAll(async () => {
    for (const { stores } of regions) await stores.close();
  });
  beforeEach(() => begin(PART_BOUNDS.rowsMax));

  const at = (place: number): Region => {
    const region = regions[place];
    if (!region) throw new Error(`no region ${place}`);
    return region;
  };
  const pageAt = (place: number) => PAGES[place] ?? orThrow(parsePageId('elsewhere'));
  async function begin(rowsMax: number): Promise<void> {
    for (const { stores } of regions) {
      await stores.redis.flushall();
      Object.assign(stores.partBounds, { rowsMax, recordsMax: rowsMax });
    }
  }
  async function pullAll(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      for (const by of regions) for (const of of regions) if (by !== of) await pull(by, of);
    }
  }
  const entryOf = (event: number, title: string): HistoryEntry => ({
    eventId: orThrow(parseOperationId(`e${event}`)),
    atMs: nowMs + Math.floor(event / 2),
    ...{ title, url: null, actor: null },
  });

  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        does: fc.constant('add' as const),
        region: fc.nat(2),
        page: fc.nat(1),
        event: fc.nat(15),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        does: fc.constant('pull' as const),
        region: fc.nat(2),
        of: fc.nat(2),
      }),
    },
  );

  it('come to the same and the latest in random histories', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30, size: 'max' }),
        fc.boolean(),
        async (steps, small) => {
          await begin(small ? 1 : PART_BOUNDS.rowsMax);
          const added = PAGES.map(() => new Map<number, string>());
          for (const one of steps) {
            if (one.does === 'pull') {
              if (one.region !== one.of) await pull(at(one.region), at(one.of));
              continue;
            }
            const title = `told in ${at(one.region).name}`;
            await at(one.region).stores.history.add(pageAt(one.page), entryOf(one.event, title));
            const known = added[one.page]?.get(one.event);
            // The lesser of two descriptions stays.
            if (known === undefined || title < known) added[one.page]?.set(one.event, title);
          }
          await pullAll();
          for (const [place, events] of added.entries()) {
            const right = [...events]
              .map(([event, title]) => entryOf(event, title))
              .sort((one, other) => other.atMs - one.atMs || (one.eventId < other.eventId ? -1 : 1))
              .slice(0, LENGTH_MAX);
            for (const { name, stores } of regions)
              expect([name, await stores.history.of(pageAt(place))]).toEqual([name, right]);
          }
        },
      ),
      { numRuns: runs(60) },
    );
  }, 60_000);

  it('come back to a region that has lost everything, long ones in several parts', async () => {
    const [ams, fra] = [at(0), at(1)];
    const pages = Array.from({ length: 60 }, (_, nth) => orThrow(parsePageId(`p${nth}`)));
    for (const page of pages)
      for (let event = 0; event < 5; event += 1)
        await ams.stores.history.add(page, entryOf(event, 'Title'));
    const whole = await pull(fra, ams);
    expect(whole.filter(({ state }) => state.histories.length > 0).length).toBeGreaterThan(2);
    await ams.stores.redis.flushall();
    await pull(ams, fra);
    for (const page of pages) expect(await ams.stores.history.of(page)).toHaveLength(5);
    for (const page of pages.slice(0, 30))
      for (let event = 5; event < 10; event += 1)
        await ams.stores.history.add(page, entryOf(event, 'More'));
    const parts = await pull(fra, ams);
    for (const { state } of parts) {
      const entries = state.histories.reduce((sum, [, , some]) => sum + some.length, 0);
      expect(entries).toBeLessThan(120);
    }
    expect((await fra.stores.history.of(pageAt(9)))[0]).toBeUndefined();
    expect((await fra.stores.history.of(pages[0] ?? pageAt(9)))[0]).toEqual(entryOf(8, 'More'));
  });

  it('are passed on once, and not back and forth for ever', async () => {
    await at(0).stores.history.add(pageAt(0), entryOf(1, 'Title'));
    await pullAll();
    const revs = () =>
      Promise.all(regions.map(({ stores }) => stores.redis.hget('hc:{0}:meta', 'rev')));
    const before = await revs();
    await pullAll();
    expect(await revs()).toEqual(before);
  });
});
