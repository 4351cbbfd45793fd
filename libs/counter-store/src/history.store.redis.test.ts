/** history-add: the last modifications of a page, on a private Redis. */
import { orThrow, parseOperationId, parsePageId } from '@headcount/protocol';
import type { HistoryEntry } from './history.store.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

const HOME = orThrow(parsePageId('home'));
const DAY_MS = 86_400_000;

describe('the history of a page', () => {
  let stores: StoreHarness;
  beforeAll(async () => {
    stores = await openStores();
  });
  beforeEach(() => stores.redis.flushall());
  afterAll(() => stores.close());

  const entry = (id: string, atMs: number, title: string | null = null): HistoryEntry => ({
    ...{ eventId: orThrow(parseOperationId(id)), atMs, title, url: null, actor: null },
  });
  const now = (): number => stores.clock.nowMs;
  const ids = async (): Promise<string[]> =>
    (await stores.history.of(HOME)).map(({ eventId }) => eventId);

  it('is empty before the first one', async () => {
    expect(await stores.history.of(HOME)).toEqual([]);
  });

  it('tells of each as it was described, the latest first', async () => {
    const full = {
      ...entry('e1', now(), 'Title with "quotes"\nand ä'),
      ...{ url: 'https://example.org/a b', actor: 'ann' },
    };
    expect(await stores.history.add(HOME, full)).toBe(true);
    await stores.history.add(HOME, entry('e0', now() + 5));
    await stores.history.add(HOME, entry('e2', now()));
    expect(await ids()).toEqual(['e0', 'e1', 'e2']);
    expect((await stores.history.of(HOME))[1]).toEqual(full);
  });

  it('has each event once, the same whichever of two descriptions came first', async () => {
    const [one, other] = [entry('e1', now(), 'a'), entry('e1', now() + 1, 'b')];
    for (const order of [
      [one, other, one],
      [other, one, other],
    ]) {
      await stores.redis.flushall();
      for (const each of order) await stores.history.add(HOME, each);
      expect(await stores.history.of(HOME)).toEqual([one]);
    }
    expect(await stores.history.add(HOME, one)).toBe(false);
  });

  it('keeps the latest only, by number and by age', async () => {
    for (const at of [3, 1, 7, 5, 2, 6, 4]) {
      await stores.history.add(HOME, entry(`e${at}`, now() + at));
    }
    expect(await ids()).toEqual(['e7', 'e6', 'e5', 'e4', 'e3']);
    await stores.history.add(HOME, entry('e8', now() + 8));
    expect(await stores.history.add(HOME, entry('old', now() + 1))).toBe(false);
    expect(await ids()).toEqual(['e8', 'e7', 'e6', 'e5', 'e4']);
    expect(await stores.redis.hlen('hc:{0}:history:home')).toBe(5);
    stores.clock.nowMs += DAY_MS + 5;
    expect(await ids()).toEqual(['e8', 'e7', 'e6', 'e5']);
  });

  it('is told in parts, each behind a place that need not be there any more', async () => {
    for (const at of [1, 2, 3, 3, 5]) {
      await stores.history.add(HOME, entry(`e${at}${(await ids()).length}`, now() + at));
    }
    expect(await ids()).toEqual(['e54', 'e32', 'e33', 'e21', 'e10']);
    const part = async (first: number, at?: number, eventId = '') => {
      const after = at === undefined ? null : { atMs: now() + at, eventId };
      const { entries, before, total } = await stores.history.part(HOME, { first, after });
      return [entries.map((each) => each.eventId).join(), before, total];
    };
    expect(await part(2)).toEqual(['e54,e32', 0, 5]);
    expect(await part(2, 3, 'e32')).toEqual(['e33,e21', 2, 5]);
    expect(await part(9, 3, 'e325')).toEqual(['e33,e21,e10', 2, 5]);
    expect(await part(9, 4, 'gone')).toEqual(['e32,e33,e21,e10', 1, 5]);
    expect(await part(9, 1, 'e10')).toEqual(['', 5, 5]);
    expect(await part(9, 1e300, '')).toEqual(['e54,e32,e33,e21,e10', 0, 5]);
    expect(await part(0)).toEqual(['', 0, 5]);
  });
});
