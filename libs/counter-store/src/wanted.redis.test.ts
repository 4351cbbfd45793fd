/**
 * Goal    a change that was made conditional on what its counter shows is judged together with the change.
 * Method  examples over a private Redis: texts that it shows and does not, changes of one batch, ids that are known, presence.
 */
import type { Addition, ShownText, WantedShown } from './counter.store.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

const BUCKET = 0;

describe('what is wanted of a counter', () => {
  let stores: StoreHarness;
  let number = 0;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());
  beforeEach(() => stores.redis.flushall());

  const one = (amount: number, wanted?: WantedShown, more: Partial<Addition> = {}): Addition => ({
    ...{ pageId: 'home', name: 'likes', operationId: null, amount, wanted: wanted ?? null },
    ...more,
  });
  const add = async (...additions: readonly Addition[]) => {
    number += 1;
    const batch = { bucket: BUCKET, instance: 'i', number, additions, sentUnder: null };
    return (await stores.counters.add(batch)).added.map(({ outcome }) => outcome);
  };
  const shown = async (name = 'likes', pageId = 'home') => {
    const { views } = await stores.counters.read(BUCKET, [{ pageId, name }]);
    const { durable = 0, viewers = 0, updatedAtMs = null } = views[0] ?? {};
    const at = updatedAtMs === null ? ('' as const) : updatedAtMs / 1000;
    return { count: durable + viewers, text: `${durable + viewers}-${at}` as const };
  };
  const NO = 'PRECONDITION_FAILED';

  it('is one of some texts', async () => {
    expect(await add(one(1, { oneOf: ['1-'] }))).toEqual([NO]);
    expect(await add(one(1, { oneOf: [] }))).toEqual([NO]);
    expect((await shown()).count).toBe(0);
    expect(await add(one(1, { oneOf: ['7-1', '0-'] }))).toEqual(['added']);
    const { text } = await shown();
    expect(await add(one(1, { oneOf: ['0-', `${text}1` as '0-'] }))).toEqual([NO]);
    expect(await add(one(1, { oneOf: [text] }))).toEqual(['added']);
    expect(await add(one(1, { oneOf: [text] }))).toEqual([NO]);
    expect((await shown()).count).toBe(2);
  });

  it('is none of others', async () => {
    expect(await add(one(-4, { noneOf: ['0-'] }))).toEqual([NO]);
    expect(await add(one(-4, { noneOf: ['1-', '0-1'] }))).toEqual(['added']);
    const { text } = await shown();
    expect(text).toMatch(/^-4-\d+$/);
    expect(await add(one(1, { noneOf: [text] }))).toEqual([NO]);
    expect(await add(one(1, { oneOf: [text], noneOf: [text] }))).toEqual([NO]);
    expect(await add(one(1, { oneOf: [text], noneOf: [] }))).toEqual(['added']);
  });

  it('is asked after the changes before it in the same batch', async () => {
    const wanted = { oneOf: ['0-'] } as const;
    expect(await add(one(1, wanted), one(1, wanted), one(1), one(1, wanted))).toEqual([
      ...['added', NO, 'added', NO],
    ]);
    const many = Array.from({ length: 200 }, () => one(1, { oneOf: ['0-'] }, { pageId: 'busy' }));
    expect((await add(...many)).filter((outcome) => outcome === 'added')).toHaveLength(1);
  });

  it('is asked of no change that was made before', async () => {
    const change = one(1, { oneOf: ['0-'] }, { operationId: 'op' });
    expect(await add(change)).toEqual(['added']);
    expect(await add(change)).toEqual(['replayed']);
    expect(await add(one(1, { oneOf: ['0-'] }, { operationId: 'other' }))).toEqual([NO]);
    expect(await add(one(1, undefined, { operationId: 'other' }))).toEqual(['added']);
  });

  it('is what readers see: of viewers never less than 0, of long names too', async () => {
    const name = 'viewers';
    expect(await add(one(-3, undefined, { name }))).toEqual(['added']);
    const at = Number((await shown(name)).text.split('-').at(-1));
    const below: ShownText = `${-3 as number}-${at}`;
    expect(await add(one(1, { oneOf: [below] }, { name }))).toEqual([NO]);
    expect(await add(one(1, { oneOf: [`0-${at}`] }, { name }))).toEqual(['added']);
    const pageId = 'a/'.repeat(100);
    expect(await add(one(2, undefined, { pageId }))).toEqual(['added']);
    const { text } = await shown('likes', pageId);
    expect(await add(one(1, { oneOf: [text] }, { pageId }))).toEqual(['added']);
  });
});
