/**
 * Goal    whoever speaks badly, on purpose or not, harms nobody: no crash, nothing left over, counts exact.
 * Method  many conversations of every bad kind, many at once, while a decent client watches. HEADCOUNT_HOSTILE says how
 *         many; the full number is 5,000.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type RunningApp } from '@headcount/platform';
import { SITE } from '@headcount/protocol';
import { seededRandom, until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { CONVERSATIONS, converse } from '../testing/hostile-client.js';
import { testClient, viewing } from '../testing/test-client.js';
import { metricOf, startTestPair } from '../testing/test-gateway.js';

const COUNT = Number(process.env.HEADCOUNT_HOSTILE ?? 1000);
const AT_ONCE = 50;
/** What may be kept for good by what was compiled and cached on the way, in bytes. */
const GROWTH_MAX = 8 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('hostile conversations', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const rejections: unknown[] = [];
  const note = (cause: unknown): unknown => rejections.push(cause);

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    ({ fake, app } = await startTestPair({ DRAIN_MS: '0' }));
  });
  afterAll(async () => {
    process.off('unhandledRejection', note);
    await app.close();
    await fake.stop();
  });

  const metric = (name: string): Promise<number> => metricOf(app, name);

  async function converseAll(count: number, seed: number): Promise<void> {
    const random = seededRandom(seed);
    const kinds = Object.values(CONVERSATIONS);
    let left = count;
    const one = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const kind = kinds[left % kinds.length];
        if (kind) await converse(app.port, kind, random);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    await until(async () => (await metric('gateway_sockets')) === 1, {
      what: 'all to be gone but the decent one',
      timeoutMs: 20_000,
    });
  }

  it(`${COUNT} of them harm nobody`, async () => {
    const client = testClient(app.url, { viewerId: 'ada' });
    const seen = viewing(client, 'calm');
    await until(() => seen.last() === 1);
    await converseAll(COUNT / 4, 1);
    collect();
    const before = process.memoryUsage().heapUsed;
    await converseAll((COUNT * 3) / 4, 2);
    await until(async () => (await metric('gateway_groups')) === 1, { what: 'groups to end' });
    await until(() => fake.store.presenceOn(SITE).connections === 1, {
      what: 'counts to be exact',
    });
    expect(fake.store.presenceOn('calm')).toEqual({ viewers: 1, connections: 1 });
    for (const page of ['gone', 'brief', 'twice', 'flood7'])
      expect(fake.store.presenceOn(page)).toEqual({ viewers: 0, connections: 0 });
    expect(rejections).toEqual([]);
    expect(seen.errors).toEqual([]);
    expect(await metric('gateway_sessions')).toBe(1);
    // The fake keeps what it was sent, which is not the gateway's growth.
    fake.forgetRequests();
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(GROWTH_MAX);
    await client.dispose();
  }, 120_000);
});
