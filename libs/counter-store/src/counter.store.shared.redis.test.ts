/**
 * Goal    batches of several buckets that go as one script are each as good as alone: taken once, answered by themselves, and
 *         none is the worse for another that fails.
 * Method  examples, with the calls that Redis has counted; random groups of batches, some sent again in other company,
 *         against plain sums.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import { RedisCounterStore } from './counter.store.js';
import { batchesKey } from './keys.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';

describe('counter store, many buckets at once', () => {
  let stores: StoreHarness;
  beforeAll(async () => {
    stores = await openStores();
  });
  afterAll(() => stores.close());
  beforeEach(async () => {
    await stores.redis.flushall();
    await stores.redis.config('RESETSTAT');
  });

  const add = (bucket: number, number: number, amount = 1, to = stores.counters) =>
    to.add({
      ...{ bucket, instance: 'i1', number, sentUnder: null },
      additions: [{ pageId: 'home', name: 'likes', amount, operationId: null }],
    });
  const durable = async (bucket: number) =>
    (await stores.counters.read(bucket, [{ pageId: 'home', name: 'likes' }])).views[0]?.durable;
  /** Scripts run so far. The first may be tried by its digest in vain. */
  const calls = async () => {
    const stats = await stores.redis.info('commandstats');
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };

  it('takes batches of several buckets in one call, and answers each by itself', async () => {
    await add(0, 1);
    const before = await calls();
    const answers = await Promise.all([add(0, 2, 5), add(1, 1, 7), add(2, 1, -3)]);
    expect((await calls()) - before).toBe(1);
    expect(answers.map(({ added }) => added.map(({ view }) => view.durable))).toEqual([
      [6],
      [7],
      [-3],
    ]);
    expect(answers.map(({ position }) => position.seq)).toEqual([2, 1, 1]);
  });

  it('makes more calls of more batches than one script may have', async () => {
    await add(0, 1);
    const before = await calls();
    await Promise.all(Array.from({ length: 70 }, (_, bucket) => add(bucket + 1, 1)));
    expect((await calls()) - before).toBe(3);
  });

  it('sends each bucket of a Cluster by itself', async () => {
    stores.redis.isCluster = true;
    const alone = new RedisCounterStore(stores.context, {
      windowMs: 600_000,
      idsMax: 1000,
      idsPerViewerMax: 1000,
    });
    stores.redis.isCluster = false;
    await add(0, 1);
    const before = await calls();
    await Promise.all([add(1, 1, 1, alone), add(2, 1, 1, alone)]);
    expect((await calls()) - before).toBe(2);
  });

  it('fails the batch of a bucket that cannot be written alone, and takes it when it is sent again', async () => {
    await stores.redis.set(batchesKey(1), 'no hash');
    const results = await Promise.allSettled([add(0, 1), add(1, 1), add(2, 1)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await stores.redis.del(batchesKey(1));
    const again = await Promise.all([add(0, 1), add(1, 1), add(2, 1)]);
    expect(again.map((answer) => answer.again)).toEqual([true, false, true]);
    expect(await Promise.all([0, 1, 2].map(durable))).toEqual([1, 1, 1]);
  });

  it('counts every batch once, in whatever company it is sent, and sent again', async () => {
    const steps = fc.array(
      fc.uniqueArray(
        fc.record({
          bucket: fc.integer({ min: 0, max: 4 }),
          amount: fc.integer({ min: -9, max: 9 }).filter((amount) => amount !== 0),
          isAgain: fc.boolean(),
        }),
        { selector: ({ bucket }) => bucket, minLength: 1 },
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (groups) => {
        await stores.redis.flushall();
        const last = new Map<number, { number: number; amount: number; sum: number }>();
        for (const group of groups) {
          await Promise.all(
            group.map(async ({ bucket, amount, isAgain }) => {
              const {
                number,
                sum,
                amount: before,
              } = last.get(bucket) ?? { number: 0, sum: 0, amount };
              if (isAgain && number > 0) {
                expect((await add(bucket, number, before)).again).toBe(true);
                return;
              }
              last.set(bucket, { number: number + 1, amount, sum: sum + amount });
              const { again, added } = await add(bucket, number + 1, amount);
              expect([again, added[0]?.view.durable]).toEqual([false, sum + amount]);
            }),
          );
        }
        for (const [bucket, { sum }] of last) expect(await durable(bucket)).toBe(sum);
      }),
      { numRuns: runs(50) },
    );
  });
});
