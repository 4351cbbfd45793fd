/**
 * Goal    counters-add counts every batch and every operation id once, whatever is sent again; counters-read,
 *         bucket-since and bucket-compare tell what is stored.
 * Method  examples for each refusal and bound; random histories of batches, repeats and forgetting, against
 *         plain sums in a map.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import type { Addition, Batch } from './counter.store.js';
import { itKeepsTheContractOfCounters } from './counter.store.contract.js';
import { openStores, rawShelves, type StoreHarness } from './testing/store-harness.js';

const BUCKET = 3;
const MAX = Number.MAX_SAFE_INTEGER;
const like = (amount: number, operationId: string | null = null, pageId = 'home'): Addition => ({
  pageId,
  name: 'likes',
  amount,
  operationId,
});

describe('counter store', () => {
  let stores: StoreHarness;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());
  beforeEach(() => stores.redis.flushall());

  const add = (number: number, additions: readonly Addition[], instance = 'i1') =>
    stores.counters.add({ bucket: BUCKET, instance, number, additions, sentUnder: null });
  const durable = async (pageId = 'home', name = 'likes') =>
    (await stores.counters.read(BUCKET, [{ pageId, name }])).views[0]?.durable;

  it('answers each addition with the total after it', async () => {
    const { again, added } = await add(1, [like(2), like(-5), like(10)]);
    expect(again).toBe(false);
    expect(added.map(({ outcome, view }) => [outcome, view.durable])).toEqual([
      ['added', 2],
      ['added', -3],
      ['added', 7],
    ]);
    expect(await durable()).toBe(7);
  });

  it('answers each of those that are alike with its own outcome and total, sent again with what is there now', async () => {
    const batch = [
      ...[like(MAX - 4), like(2), like(2), like(2), like(2, 'op'), like(2, 'op')],
      ...[like(-3), like(-3), like(1, null, 'other'), like(1, null, 'other'), like(-3)],
    ];
    const expected = [
      ...[MAX - 4, MAX - 2, MAX].map((total) => ['added', total]),
      ...Array.from({ length: 3 }, () => ['OUT_OF_RANGE', MAX]),
      ...[
        ['added', MAX - 3],
        ['added', MAX - 6],
      ],
      ...[
        ['added', 1],
        ['added', 2],
      ],
      ['added', MAX - 9],
    ];
    const { added } = await add(1, batch);
    expect(added.map(({ outcome, view }) => [outcome, view.durable])).toEqual(expected);
    await add(2, [like(-1)]);
    // What is sent again is known by its outcomes; a later batch has its record, so it is that of another instance here.
    await add(1, batch.slice(7), 'i2');
    const again = await add(1, batch.slice(7), 'i2');
    expect(again.added.map(({ outcome, view }) => [outcome, view.durable])).toEqual([
      ['added', MAX - 16],
      ['added', 4],
      ['added', 4],
      ['added', MAX - 16],
    ]);
  });

  it('answers a batch sent again from its record and adds nothing', async () => {
    await add(1, [like(2), like(1, 'op')]);
    const { again, added } = await add(1, [like(2), like(1, 'op')]);
    expect(again).toBe(true);
    expect(added.map(({ outcome }) => outcome)).toEqual(['added', 'added']);
    expect(await durable()).toBe(3);
  });

  it('counts an operation id once, also from another instance', async () => {
    await add(1, [like(5, 'op-1')]);
    const { added } = await add(1, [like(5, 'op-1')], 'i2');
    expect(added[0]).toMatchObject({ outcome: 'replayed', view: { durable: 5 } });
    expect(await durable()).toBe(5);
  });

  it('refuses an operation id that was used for something else', async () => {
    await add(1, [like(5, 'op-1')]);
    const { added } = await add(2, [like(6, 'op-1'), like(5, 'op-1', 'other')]);
    expect(added.map(({ outcome }) => outcome)).toEqual([
      'OPERATION_ID_REUSED',
      'OPERATION_ID_REUSED',
    ]);
    expect(await durable()).toBe(5);
  });

  it('keeps an operation id for the window at least, and not for ever', async () => {
    await add(1, [like(1, 'op')]);
    stores.clock.nowMs += 600_000;
    expect((await add(2, [like(1, 'op')])).added[0]?.outcome).toBe('replayed');
    stores.clock.nowMs += 600_000;
    expect((await add(3, [like(1, 'other')])).added[0]?.outcome).toBe('added');
    expect((await add(4, [like(1, 'op')])).added[0]?.outcome).toBe('added');
  });

  it('refuses a new operation id at the cap and takes additions without one', async () => {
    const full = Array.from({ length: 1000 }, (_, number) => like(1, `op-${number}`));
    await add(1, full);
    const { added } = await add(2, [like(1, 'one more'), like(1)]);
    expect(added.map(({ outcome }) => outcome)).toEqual(['OPERATION_IDS_FULL', 'added']);
    expect(await durable()).toBe(1001);
  });

  it('counts to 2^53 - 1 exactly, upwards and downwards, and refuses one more', async () => {
    expect(
      (await add(1, [like(MAX - 1), like(1), like(1)])).added.map(({ outcome }) => outcome),
    ).toEqual(['added', 'added', 'OUT_OF_RANGE']);
    expect(await durable()).toBe(MAX);
    await add(2, [like(-MAX), like(-1)]);
    expect(await durable()).toBe(0);
  });

  it('tells a reader at an earlier rev what changed, and one of another incarnation to read again', async () => {
    const { position } = await add(1, [like(1)]);
    await add(2, [like(1, null, 'other'), like(1, null, 'third')]);
    const { rows } = await stores.counters.since(BUCKET, position, 100);
    expect(rows?.map(({ key, rev }) => [key, rev])).toEqual([
      ['other likes', 2],
      ['third likes', 3],
    ]);
    expect(
      (await stores.counters.since(BUCKET, { ...position, incarnation: '0' }, 100)).rows,
    ).toBeNull();
    expect((await stores.counters.since(BUCKET, position, 1)).rows).toBeNull();
  });

  it('keeps apart who is on a page and what is counted of a page that is named alike', async () => {
    await stores.presence.apply('g1', BUCKET, {
      from: 0,
      to: 1,
      entries: [{ key: 'home', value: { viewers: 2, connections: 3 }, version: 1 }],
    });
    const addition = { pageId: '~home', name: 'viewers', amount: 5, operationId: null };
    await stores.counters.add({
      bucket: BUCKET,
      instance: 'i1',
      number: 1,
      additions: [addition],
      sentUnder: null,
    });
    const { views } = await stores.counters.read(BUCKET, [
      { pageId: 'home', name: 'viewers' },
      { pageId: '~home', name: 'viewers' },
    ]);
    expect(views.map(({ viewers, durable }) => [viewers, durable])).toEqual([
      [2, 0],
      [0, 5],
    ]);
  });

  it('begins a later incarnation when Redis holds less than was seen', async () => {
    const { position } = await add(1, [like(1)]);
    expect(await stores.counters.compare(BUCKET)).toEqual(position);
    await stores.redis.flushall();
    const after = await stores.counters.compare(BUCKET);
    expect(after.incarnation > position.incarnation).toBe(true);
    expect(await stores.counters.compare(BUCKET)).toEqual(after);
  });

  it('packs ten thousand counters into small shelves and finds each of them', async () => {
    const pages = Array.from({ length: 10_000 }, (_, number) => `page-${number}`);
    for (let at = 0; at < pages.length; at += 500) {
      await add(
        1 + at / 500,
        pages.slice(at, at + 500).map((page, place) => like(at + place + 1, null, page)),
      );
    }
    const { views } = await stores.counters.read(
      BUCKET,
      pages.map((pageId) => ({ pageId, name: 'likes' })),
    );
    expect(views.map((view) => view.durable)).toEqual(pages.map((_, number) => number + 1));
    const shelves = await stores.redis.keys(`hc:{${BUCKET}}:shelf:*`);
    const sizes = await Promise.all(shelves.map((key) => stores.redis.hlen(key)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(128);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000);
    expect(
      new Set(await Promise.all(shelves.map((key) => stores.redis.object('ENCODING', key)))),
    ).toEqual(new Set(['listpack']));
  }, 60_000);

  it('keeps the index a window of at most an eighth of the counters', async () => {
    const pages = Array.from({ length: 2000 }, (_, number) => `page-${number}`);
    const first = await add(1, [like(1)]);
    for (let at = 0; at < pages.length; at += 500) {
      await add(
        2 + at / 500,
        pages.slice(at, at + 500).map((page) => like(1, null, page)),
      );
    }
    expect(await stores.redis.zcard(`hc:{${BUCKET}}:index`)).toBe(Math.floor(2001 / 8));
    expect((await stores.counters.since(BUCKET, first.position, 10_000)).rows).toBeNull();
  });

  it('agrees with plain sums on random histories of batches, repeats and rollbacks', async () => {
    const addition = fc.record({
      page: fc.constantFrom('a', 'b'),
      amount: fc.integer({ min: -5, max: 5 }).filter((amount) => amount !== 0),
      id: fc.option(fc.constantFrom('x', 'y', 'z'), { freq: 2 }),
    });
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          does: fc.constant('add' as const),
          instance: fc.constantFrom('i1', 'i2'),
          additions: fc.array(addition, { minLength: 1, maxLength: 4 }),
          twice: fc.boolean(),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          does: fc.constantFrom('remember' as const, 'rollBack' as const, 'flush' as const),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15, size: 'max' }), async (steps) => {
        await stores.redis.flushall();
        let sums = new Map<string, number>();
        let ids = new Map<string, string>();
        const numbers = new Map<string, number>();
        let saved = { sums: new Map(sums), ids: new Map(ids), snapshot: await stores.snapshot() };
        for (const one of steps) {
          if (one.does === 'add') {
            const number = (numbers.get(one.instance) ?? 0) + 1;
            numbers.set(one.instance, number);
            const additions = one.additions.map(({ page, amount, id }) => like(amount, id, page));
            const batch: Batch = {
              bucket: BUCKET,
              instance: one.instance,
              number,
              additions,
              sentUnder: null,
            };
            const expected = additions.map(({ pageId, amount, operationId }) => {
              const body = `${pageId} ${amount}`;
              const known = operationId === null ? undefined : ids.get(operationId);
              if (known !== undefined) return known === body ? 'replayed' : 'OPERATION_ID_REUSED';
              if (operationId !== null) ids.set(operationId, body);
              sums.set(pageId, (sums.get(pageId) ?? 0) + amount);
              return 'added';
            });
            expect((await stores.counters.add(batch)).added.map(({ outcome }) => outcome)).toEqual(
              expected,
            );
            if (one.twice) expect((await stores.counters.add(batch)).again).toBe(true);
          } else if (one.does === 'remember') {
            saved = { sums: new Map(sums), ids: new Map(ids), snapshot: await stores.snapshot() };
          } else if (one.does === 'rollBack') {
            await stores.rollBackTo(saved.snapshot);
            [sums, ids] = [new Map(saved.sums), new Map(saved.ids)];
          } else {
            await stores.redis.flushall();
            [sums, ids] = [new Map(), new Map()];
          }
          for (const page of ['a', 'b']) expect(await durable(page)).toBe(sums.get(page) ?? 0);
        }
        for (const [field, text] of await rawShelves(stores.redis, BUCKET)) {
          const [up, down, total] = text.split(',').map(Number);
          expect([field, total]).toEqual([field, (up ?? 0) - (down ?? 0)]);
        }
      }),
      { numRuns: runs(150) },
    );
  }, 60_000);
});

describe('the store of counters, on Redis', () => {
  itKeepsTheContractOfCounters(() => openStores({ region: 'ams' }));
});
