/**
 * Goal    durable-since and durable-slices tell a copy all that it lacks: whoever follows them has the very totals of the bucket,
 *         by full names, through pages, cut indexes, growing shelves, flushes and returns to an earlier state.
 * Method  examples for each reply; random histories, in which a copy follows with small pages at any time, against plain sums.
 */
import fc from 'fast-check';
import { NOWHERE, type Position } from '@headcount/crdt';
import { pull } from './testing/pull.js';
import { openStores, rawShelves, type StoreHarness } from './testing/store-harness.js';
import { SeenPositions } from './fence.js';
import { RedisDurableStore } from './durable.store.js';

const BUCKET = 0;
const LONG = `${'long/'.repeat(20)}page`;

let batches = 0;
function add(stores: StoreHarness, pageId: string, name: string, amount = 1) {
  batches += 1;
  const additions = [{ pageId, name, amount, operationId: null }];
  return stores.counters.add({
    ...{ bucket: BUCKET, instance: 'i', number: batches, additions, sentUnder: null },
  });
}

/** A copy as the export keeps it. */
class Copy {
  readonly totals = new Map<string, number>();
  held: Position = NOWHERE;
  wholes = 0;

  constructor(
    private readonly store: RedisDurableStore,
    private readonly rowsMax = 100,
  ) {}

  async follow(): Promise<void> {
    for (;;) {
      const { position, changed, modulus } = await this.store.since(
        BUCKET,
        this.held,
        this.rowsMax,
      );
      if (changed === null) {
        await this.takeWhole(position, modulus);
        continue;
      }
      for (const { pageId, name, total } of changed.rows)
        this.totals.set(`${pageId} ${name}`, total);
      this.held = { ...position, rev: changed.to };
      if (changed.to === position.rev) return;
    }
  }

  private async takeWhole(begun: Position, modulus: number): Promise<void> {
    this.wholes += 1;
    this.totals.clear();
    for (let number = 0; number < modulus;) {
      const slices = await this.store.slices(BUCKET, { modulus, number }, this.rowsMax);
      for (const { pageId, name, total } of slices.rows)
        this.totals.set(`${pageId} ${name}`, total);
      number = slices.next;
    }
    this.held = begun;
  }
}

describe('a copy of the durable counters of a bucket', () => {
  let stores: StoreHarness;
  let store: RedisDurableStore;
  beforeAll(async () => {
    stores = await openStores();
    store = new RedisDurableStore(stores.context);
  });
  afterAll(() => stores.close());
  beforeEach(async () => {
    await stores.server.flush();
  });
  const since = (held: Position, rowsMax = 100) => store.since(BUCKET, held, rowsMax);

  it('is told of everything first, and then of what has changed', async () => {
    await add(stores, 'home', 'likes', 3);
    const { position, changed, modulus } = await since(NOWHERE);
    expect(changed).toBeNull();
    expect(modulus).toBe(1);
    const whole = await store.slices(BUCKET, { modulus, number: 0 }, 100);
    const likes = { pageId: 'home', name: 'likes', updatedAtMs: stores.clock.nowMs };
    expect(whole).toEqual({ position, next: 1, rows: [{ ...likes, total: 3 }] });
    expect((await since(position)).changed).toEqual({ to: position.rev, rows: [] });
    await add(stores, 'home', 'likes', -5);
    const later = await since(position);
    expect(later.changed).toEqual({ to: position.rev + 1, rows: [{ ...likes, total: -2 }] });
  });

  it('is told full names, however long', async () => {
    const { position } = await since(NOWHERE);
    await add(stores, LONG, 'likes');
    const [inInterval] = (await since(position)).changed?.rows ?? [];
    const [inWhole] = (await store.slices(BUCKET, { modulus: 1, number: 0 }, 9)).rows;
    expect(inInterval).toMatchObject({ pageId: LONG, name: 'likes', total: 1 });
    expect(inWhole).toEqual(inInterval);
  });

  it('is told of nobody who is only present, but of the plain part of viewers', async () => {
    const { position } = await since(NOWHERE);
    const value = { viewers: 1, connections: 1 };
    const entries = [{ key: 'home', version: 1, value }];
    await stores.presence.apply('g', BUCKET, { from: null, to: 1, entries });
    const present = await since(position);
    expect(present.position.rev).toBeGreaterThan(position.rev);
    expect(present.changed?.rows).toEqual([]);
    expect((await store.slices(BUCKET, { modulus: 1, number: 0 }, 9)).rows).toEqual([]);
    await add(stores, 'home', 'viewers', 7);
    expect((await since(position)).changed?.rows).toMatchObject([{ name: 'viewers', total: 7 }]);
  });

  it('is told of windowed and bounded counters by their own names alone', async () => {
    const rules = { windowed: ['events', 'available'], bounded: ['available'] };
    const ruled = await openStores({ rules });
    try {
      const copy = new Copy(new RedisDurableStore(ruled.context));
      await copy.follow();
      for (const page of ['home', LONG, 'p'.repeat(50)]) {
        await add(ruled, page, 'events', 2);
        await add(ruled, page, 'available', 3);
      }
      await copy.follow();
      expect(copy.totals.size).toBe(6);
      const whole = new Copy(new RedisDurableStore(ruled.context));
      await whole.follow();
      expect(new Map([...whole.totals].sort())).toEqual(new Map([...copy.totals].sort()));
      expect((await rawShelves(ruled.redis, BUCKET)).size).toBeGreaterThan(6);
    } finally {
      await ruled.close();
    }
  });

  it('is told a little at a time, and how far that goes', async () => {
    const { position } = await since(NOWHERE);
    for (const page of ['a', 'b', 'c']) await add(stores, page, 'likes');
    const first = await since(position, 2);
    expect(first.changed?.rows.map(({ pageId }) => pageId)).toEqual(['a', 'b']);
    expect(first.changed?.to).toBe(first.position.rev - 1);
    const rest = await since({ ...position, rev: first.changed?.to ?? 0 }, 2);
    expect(rest.changed?.rows.map(({ pageId }) => pageId)).toEqual(['c']);
    expect(rest.changed?.to).toBe(rest.position.rev);
  });

  it('needs everything where the changes after it are not kept any more', async () => {
    const { position } = await since(NOWHERE);
    for (let page = 0; page < 200; page += 1) await add(stores, `page-${page}`, 'likes');
    expect((await since(position)).changed).toBeNull();
  });

  it('needs everything of a Redis that has forgotten, also where that has come less far than the copy', async () => {
    const before = await stores.snapshot();
    const { position } = await since(NOWHERE);
    await add(stores, 'home', 'likes');
    const later = await since(position);
    await stores.rollBackTo(before);
    // Another process, that has seen nothing but the copy.
    const other = new RedisDurableStore({ ...stores.context, seen: new SeenPositions() });
    other.noteCopied(BUCKET, later.position);
    const now = await other.since(BUCKET, later.position, 100);
    expect(now.changed).toBeNull();
    expect(now.position.incarnation > later.position.incarnation).toBe(true);
  });

  it('is told what another region has counted, and that too where it comes later', async () => {
    const [here, there] = [
      await openStores({ region: 'here' }),
      await openStores({ region: 'there' }),
    ];
    try {
      const copy = new Copy(new RedisDurableStore(here.context));
      await copy.follow();
      await add(here, 'home', 'likes', 2);
      await add(there, 'home', 'likes', 3);
      await add(there, LONG, 'votes', 4);
      const [by, of] = [
        { name: 'here', stores: here },
        { name: 'there', stores: there },
      ];
      await pull(by, of, BUCKET);
      await copy.follow();
      expect(Object.fromEntries(copy.totals)).toEqual({ 'home likes': 5, [`${LONG} votes`]: 4 });
    } finally {
      await here.close();
      await there.close();
    }
  });

  const step = fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({ page: fc.nat({ max: 400 }), amount: fc.nat({ max: 5 }) }),
    },
    { weight: 4, arbitrary: fc.constant('follow' as const) },
    { weight: 1, arbitrary: fc.constant('flush' as const) },
  );
  it('has the totals of the bucket after any history', async () => {
    const history = fc.array(step, { minLength: 20, maxLength: 300, size: 'max' });
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 40 }), async (steps, rowsMax) => {
        await stores.server.flush();
        const totals = new Map<string, number>();
        const copy = new Copy(store, rowsMax);
        for (const step of steps) {
          if (step === 'follow') await copy.follow();
          else if (step === 'flush') {
            await stores.server.flush();
            totals.clear();
          } else {
            const page = step.page % 7 === 0 ? `${LONG}${step.page}` : `page-${step.page}`;
            await add(stores, page, 'likes', step.amount + 1);
            const key = `${page} likes`;
            totals.set(key, (totals.get(key) ?? 0) + step.amount + 1);
          }
        }
        await copy.follow();
        expect(new Map([...copy.totals].sort())).toEqual(new Map([...totals].sort()));
      }),
      { numRuns: 8 },
    );
  });
});
