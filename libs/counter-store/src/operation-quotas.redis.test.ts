/**
 * Goal    operation ids are bounded viewer by viewer before they are bounded together: no viewer uses up those of others, services
 *         and events keep a reserve, and what earlier versions have stored is known still.
 * Method  examples on Redis, with a cap of 100 ids a generation and 10 of a viewer; two regions that pull from each other.
 */
import type { Addition } from './counter.store.js';
import { keyedOperation } from './operation-id.js';
import { pull, type Region } from './testing/pull.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

const BUCKET = 0;
const MAX = 100;
const OF_VIEWER = 10;
const WINDOW_MS = 600_000;
const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

const keyed = (caller: string | null, key: string, name = 'likes'): Addition => {
  const { id, formerId } = keyedOperation(caller, 'home', key);
  return { pageId: 'home', name, amount: 1, operationId: id, formerId };
};
const raw = (operationId: string, name = 'likes'): Addition => ({
  ...{ pageId: 'home', name, amount: 1, operationId },
});

describe('quotas of operation ids', () => {
  let stores: StoreHarness;
  let number = 0;
  beforeAll(async () => {
    stores = await openStores({
      ...{ idsMax: MAX, idsPerViewerMax: OF_VIEWER, windowMs: WINDOW_MS },
      rules: { windowed: ['events'], bounded: [] },
    });
  });
  afterAll(() => stores.close());
  beforeEach(() => stores.redis.flushall());

  const add = async (...additions: readonly Addition[]) => {
    number += 1;
    const batch = { bucket: BUCKET, instance: 'i1', number, additions, sentUnder: null };
    return (await stores.counters.add(batch)).added.map(({ outcome }) => outcome);
  };

  it('refuse a viewer who has used up its own, and change nothing', async () => {
    const outcomes = await add(...range(OF_VIEWER + 2).map((at) => keyed('viewer ann', `k${at}`)));
    expect(outcomes).toEqual([...range(OF_VIEWER).map(() => 'added'), 'TOO_MANY', 'TOO_MANY']);
    const { views } = await stores.counters.read(BUCKET, [{ pageId: 'home', name: 'likes' }]);
    expect(views[0]?.durable).toBe(OF_VIEWER);
    expect(await add(keyed('viewer ann', 'one more'), keyed('viewer ann', 'k0'))).toEqual([
      'TOO_MANY',
      'replayed',
    ]);
  });

  it('leave the ids of other viewers, of services and of events alone', async () => {
    for (const part of range(5))
      await add(...range(500).map((at) => keyed('viewer ann', `${part}-${at}`)));
    expect(
      await add(
        keyed('viewer bob', '1'),
        keyed('service cms', '1'),
        keyed(null, '1'),
        raw('event:digest', 'modifications'),
      ),
    ).toEqual(['added', 'added', 'added', 'added']);
  });

  it('keep a fifth for services and events, however many viewers there are', async () => {
    const ofViewers = await add(...range(MAX).map((at) => keyed(`viewer v${at}`, '1')));
    expect(ofViewers).toEqual(range(MAX).map((at) => (at < 80 ? 'added' : 'OPERATION_IDS_FULL')));
    const ofServices = await add(...range(19).map((at) => keyed('service cms', `${at}`)));
    expect(new Set(ofServices)).toEqual(new Set(['added']));
    expect(await add(raw('event:one'), raw('event:two'))).toEqual(['added', 'OPERATION_IDS_FULL']);
  });

  it('begin anew with each window', async () => {
    await add(...range(OF_VIEWER).map((at) => keyed('viewer ann', `k${at}`)));
    stores.clock.nowMs += WINDOW_MS;
    expect(await add(keyed('viewer ann', 'k0'), keyed('viewer ann', 'later'))).toEqual([
      'replayed',
      'added',
    ]);
    stores.clock.nowMs += WINDOW_MS;
    await add(keyed('viewer ann', 'latest'));
    expect(await stores.redis.keys(`hc:{${BUCKET}}:operations:*:viewers`)).toHaveLength(2);
    stores.clock.nowMs += WINDOW_MS;
    expect(await add(...range(OF_VIEWER).map((at) => keyed('viewer ann', `n${at}`)))).toEqual(
      range(OF_VIEWER).map(() => 'added'),
    );
  });

  it('are not counted down by a batch that comes again', async () => {
    const additions = [keyed('viewer ann', '1'), keyed('viewer ann', '2')];
    const batch = { bucket: BUCKET, instance: 'i2', number: 1, additions, sentUnder: null };
    await stores.counters.add(batch);
    expect((await stores.counters.add(batch)).again).toBe(true);
    const more = await add(...range(OF_VIEWER - 1).map((at) => keyed('viewer ann', `more${at}`)));
    expect(more).toEqual([...range(OF_VIEWER - 2).map(() => 'added'), 'TOO_MANY']);
  });
});

describe('operation ids of versions without namespaces', () => {
  let stores: StoreHarness;
  let number = 0;
  beforeAll(async () => {
    stores = await openStores({ windowMs: WINDOW_MS });
  });
  afterAll(() => stores.close());
  beforeEach(() => stores.redis.flushall());

  const add = async (...additions: readonly Addition[]) => {
    number += 1;
    const batch = { bucket: BUCKET, instance: 'i1', number, additions, sentUnder: null };
    return (await stores.counters.add(batch)).added.map(({ outcome }) => outcome);
  };

  it('are known for their window after the upgrade, single and in a batch', async () => {
    await add(raw('k'), raw('b.0'));
    const { id, formerId } = keyedOperation('viewer ann', 'home', 'b', 0);
    const inBatch = { ...raw(id), formerId };
    expect(await add(keyed('viewer ann', 'k'), inBatch)).toEqual(['replayed', 'replayed']);
    stores.clock.nowMs += WINDOW_MS;
    expect(await add(keyed('viewer ann', 'k'))).toEqual(['replayed']);
  });

  it('are forgotten with it', async () => {
    await add(raw('k'));
    stores.clock.nowMs += WINDOW_MS;
    await add(raw('other'));
    stores.clock.nowMs += WINDOW_MS;
    expect(await add(keyed('viewer ann', 'k'))).toEqual(['added']);
  });

  it('refuse nobody who has the same key for something else', async () => {
    await add(raw('k', 'votes'));
    expect(await add(keyed('viewer ann', 'k'))).toEqual(['added']);
  });

  it('are never those of new versions, nor of events', async () => {
    const ofBob = keyed('viewer bob', 'k');
    await add(ofBob, raw('event:digest'));
    const { id, formerId } = keyedOperation('viewer ann', 'home', 'event:digest');
    expect(formerId).toBeNull();
    expect(
      await add(keyed('viewer ann', ofBob.operationId?.trim() ?? ''), { ...raw(id), formerId }),
    ).toEqual(['added', 'added']);
  });
});

describe('operation ids of two regions', () => {
  const regions: Region[] = [];
  let number = 0;
  beforeAll(async () => {
    for (const name of ['ams', 'fra']) {
      const stores = await openStores({ region: name, idsMax: MAX, idsPerViewerMax: OF_VIEWER });
      regions.push({ name, stores });
    }
  });
  afterAll(() => Promise.all(regions.map(({ stores }) => stores.close())));

  const at = (place: number): Region => {
    const region = regions[place];
    if (!region) throw new Error('there are two');
    return region;
  };
  const add = async (place: number, ...additions: readonly Addition[]) => {
    number += 1;
    const batch = { bucket: BUCKET, instance: 'i1', number, additions, sentUnder: null };
    return (await at(place).stores.counters.add(batch)).added.map(({ outcome }) => outcome);
  };
  const likes = (place: number) =>
    at(place)
      .stores.counters.read(BUCKET, [{ pageId: 'home', name: 'likes' }])
      .then(({ views }) => views[0]?.durable);

  it('are merged beyond every quota, and count once', async () => {
    const keys = range(OF_VIEWER).map((key) => keyed('viewer ann', `k${key}`));
    await add(0, ...keys);
    await add(
      1,
      keyed('viewer ann', 'k0'),
      ...range(OF_VIEWER - 1).map((key) => keyed('viewer ann', `f${key}`)),
    );
    await pull(at(1), at(0), BUCKET);
    await pull(at(0), at(1), BUCKET);
    expect([await likes(0), await likes(1)]).toEqual([2 * OF_VIEWER - 1, 2 * OF_VIEWER - 1]);
    expect(await add(1, ...keys)).toEqual(keys.map(() => 'replayed'));
    expect(await add(1, keyed('viewer ann', 'new'), keyed('viewer bob', 'new'))).toEqual([
      'TOO_MANY',
      'added',
    ]);
  });
});
