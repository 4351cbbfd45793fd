/**
 * The contract of durable counters.
 *
 * Goal    the Lua scripts add as the PN-counter of libs/crdt does, and to what only rises as the G-counter; an operation id
 *         counts once.
 * Method  batches at random, sent again at random, on the store under test and on the types beside it, with amounts up to
 *         the bounds. Redis goes back to an earlier state, or forgets all, and so begins as another writer.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import { MODIFICATIONS, orThrow, parsePageId } from '@headcount/protocol';
import {
  NOT_RAISED,
  UNTOUCHED,
  addToCounter,
  counterValue,
  gCounterValue,
  joinCounters,
  joinGCounters,
  raiseGCounter,
  safeValue,
  type GCounter,
  type PnCounter,
  type Writer,
} from '@headcount/crdt';
import type { Snapshot, StoreHarness } from './testing/store-harness.js';

const BUCKET = 0;
const MOST = Number.MAX_SAFE_INTEGER;
const PAGES = ['home', 'x'.repeat(80)].map((id) => orThrow(parsePageId(id)));
type Page = (typeof PAGES)[number];

/** What the types say is stored; all of it is replaced, never changed, so that a rollback is to keep the earlier one. */
interface Model {
  readonly likes: ReadonlyMap<Page, PnCounter>;
  readonly modifications: ReadonlyMap<Page, GCounter>;
  /** Operation id -> what it did. */
  readonly ids: ReadonlyMap<string, string>;
}
const NOTHING: Model = { likes: new Map(), modifications: new Map(), ids: new Map() };

interface Made {
  readonly page: Page;
  readonly raises: boolean;
  readonly amount: number;
  readonly id: number | null;
}

const put = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> =>
  new Map(map).set(key, value);

/** Beyond the bound the value is told as +-2^53. */
function shown(value: bigint): number {
  const exact = safeValue(value);
  return exact.ok ? exact.value : value > 0n ? 2 ** 53 : -(2 ** 53);
}

/** A sum beyond the bound may come back, and goes no further. */
const passes = (before: bigint, after: bigint): boolean =>
  !safeValue(after).ok && (after > 0n ? after > before : after < before) && before * after >= 0n;

/** One addition by `writer`: its outcome, and what is stored after it. */
function added(model: Model, writer: Writer, made: Made): readonly [outcome: string, after: Model] {
  const { page, raises, amount, id } = made;
  const body = JSON.stringify([page, raises, amount]);
  const known = id === null ? undefined : model.ids.get(`op ${id}`);
  if (known !== undefined) return [known === body ? 'replayed' : 'OPERATION_ID_REUSED', model];
  const ids = id === null ? model.ids : put(model.ids, `op ${id}`, body);
  if (raises) {
    const held = model.modifications.get(page) ?? NOT_RAISED;
    const delta = raiseGCounter(held, writer, amount);
    if (!delta.ok) return [delta.error, model];
    const joined = joinGCounters(held, delta.value);
    if (passes(gCounterValue(held), gCounterValue(joined))) return ['OUT_OF_RANGE', model];
    return ['added', { ...model, ids, modifications: put(model.modifications, page, joined) }];
  }
  const held = model.likes.get(page) ?? UNTOUCHED;
  const delta = addToCounter(held, writer, amount);
  if (delta === 'OUT_OF_RANGE') return [delta, model];
  const joined = joinCounters(held, delta);
  if (passes(counterValue(held), counterValue(joined))) return ['OUT_OF_RANGE', model];
  return ['added', { ...model, ids, likes: put(model.likes, page, joined) }];
}

const size = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom(MOST - 1, MOST) },
);
const made: fc.Arbitrary<Made> = fc
  .record({
    ...{ page: fc.constantFrom(...PAGES), raises: fc.boolean(), lowers: fc.boolean(), size },
    id: fc.option(fc.nat(4)),
  })
  .map(({ page, raises, lowers, size: amount, id }) => ({
    ...{ page, raises, amount: lowers && !raises ? -amount : amount, id },
  }));
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('add' as const),
      batch: fc.array(made, { minLength: 1, maxLength: 4 }),
      again: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constantFrom('save' as const, 'rollBack' as const, 'flush' as const),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const adds = (amount: number): Step => ({
  ...{ does: 'add', again: false },
  batch: [{ page: orThrow(parsePageId('home')), raises: false, amount, id: null }],
});
/** After a rollback another writer comes near the bound. */
const TWO_WRITERS: Step[] = [
  adds(MOST),
  { does: 'save' },
  adds(-1),
  { does: 'rollBack' },
  adds(5),
  adds(-5),
];

/** Declares the contract. `open` opens the stores of a region that has peers. */
export function itKeepsTheContractOfCounters(open: () => Promise<StoreHarness>): void {
  let stores: StoreHarness;
  let batches = 0;
  beforeAll(async () => {
    stores = await open();
  });
  afterAll(() => stores.close());

  async function compare(model: Model): Promise<void> {
    const counters = PAGES.flatMap((pageId) => [
      { pageId, name: 'likes' },
      { pageId, name: MODIFICATIONS },
    ]);
    const { views } = await stores.counters.read(BUCKET, counters);
    expect(views.map(({ durable }) => durable)).toEqual(
      PAGES.flatMap((page) => [
        shown(counterValue(model.likes.get(page) ?? UNTOUCHED)),
        shown(gCounterValue(model.modifications.get(page) ?? NOT_RAISED)),
      ]),
    );
    // Of what only rises each writer's total is known by itself.
    const asks = PAGES.map((pageId) => ({ pageId, after: new Map() }));
    expect((await stores.modifications.read(asks)).map(({ made: totals }) => totals)).toEqual(
      PAGES.map((page) => model.modifications.get(page) ?? NOT_RAISED),
    );
  }

  async function play(steps: readonly Step[]): Promise<void> {
    await stores.redis.flushall();
    let model = NOTHING;
    let saved: { readonly redis: Snapshot; readonly model: Model } = { redis: [], model };
    for (const one of steps) {
      if (one.does === 'add' && 'batch' in one) {
        const additions = one.batch.map(({ page, raises, amount, id }) => ({
          ...{ pageId: page, name: raises ? MODIFICATIONS : 'likes', amount },
          operationId: id === null ? null : `op ${id}`,
        }));
        const batch = { bucket: BUCKET, instance: 'i', number: (batches += 1), additions };
        const answer = await stores.counters.add({ ...batch, sentUnder: null });
        const writer = `${stores.context.region}/${answer.position.incarnation}` as Writer;
        const expected = one.batch.map((each) => {
          const [outcome, after] = added(model, writer, each);
          model = after;
          return outcome;
        });
        expect(answer.added.map(({ outcome }) => outcome)).toEqual(expected);
        if (one.again) {
          const again = await stores.counters.add({ ...batch, sentUnder: null });
          expect(again.added.map(({ outcome }) => outcome)).toEqual(expected);
        }
      } else if (one.does === 'save') saved = { redis: await stores.snapshot(), model };
      else if (one.does === 'rollBack') {
        await stores.rollBackTo(saved.redis);
        model = saved.model;
      } else {
        await stores.redis.flushall();
        model = NOTHING;
      }
      await compare(model);
    }
  }

  it('adds as the PN-counter and the G-counter do, and each operation id once', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 20, size: 'max' }), play), {
      ...{ numRuns: runs(100), examples: [[TWO_WRITERS]] },
    });
  }, 120_000);
}
