/**
 * Goal    whoever speaks badly, on purpose or not, harms nobody: no crash, nothing left over, counts exact.
 * Method  many conversations of every bad kind, many at once, while a decent client watches. HEADCOUNT_HOSTILE says how
 *         many; the full number is 5,000.
 */
import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type RunningApp } from '@headcount/platform';
import { PATHS, SITE } from '@headcount/protocol';
import { seededRandom, until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { converse } from '../testing/hostile-client.js';
import { CONVERSATIONS } from '../testing/hostile-conversations.js';
import { testClient, viewing } from '../testing/test-client.js';
import { metricOf, startTestPair } from '../testing/test-gateway.js';

const COUNT = Number(process.env.HEADCOUNT_HOSTILE ?? 1000);
const AT_ONCE = 50;
/** What may be kept for good by what was compiled and cached on the way, in bytes. */
const GROWTH_MAX = 4 * 1024 * 1024;
/** What may be kept beside that for each conversation: a socket alone takes ten times as much. */
const GROWTH_EACH_MAX = 512;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('hostile conversations', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const rejections: unknown[] = [];
  const note = (cause: unknown): unknown => rejections.push(cause);
  /** The server's side of every connection, as far as anything still holds it. */
  const served: WeakRef<Socket>[] = [];

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    process.on('uncaughtExceptionMonitor', note);
    ({ fake, app } = await startTestPair({ DRAIN_MS: '0' }));
    app.nest.getHttpServer().on('connection', (socket: Socket) => served.push(new WeakRef(socket)));
  });
  afterAll(async () => {
    process.off('unhandledRejection', note);
    process.off('uncaughtExceptionMonitor', note);
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
    await until(async () => (await metric('gateway_groups')) === 1, { what: 'groups to end' });
    await until(() => fake.store.presenceOn(SITE).connections === 1, {
      what: 'counts to be exact',
    });
  }

  /** The pages that counter-api was ever told of. */
  function pagesTold(): ReadonlySet<string> {
    const posted = fake.bodies(PATHS.feed).flatMap(({ messages }) => messages);
    const sent = fake.datagrams.flatMap(({ sections }) => sections);
    return new Set([
      ...posted.flatMap(({ entries }) => entries.map(([page]) => page)),
      ...sent.flatMap(({ entries }) => entries.map(({ pageId }) => pageId)),
    ]);
  }

  /** Bytes that are in use, after everything that can be freed has been. */
  async function heap(): Promise<number> {
    // What is referred to weakly stays until the turn has ended.
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    return process.memoryUsage().heapUsed;
  }

  it(`${COUNT} of ${Object.keys(CONVERSATIONS).length} kinds harm nobody`, async () => {
    const client = testClient(app.url, { viewerId: 'ada' });
    const seen = viewing(client, 'calm');
    await until(() => seen.last() === 1);
    await converseAll(Math.ceil(COUNT / 4), 1);
    const told = pagesTold();
    // The fake keeps what it was sent, which is not the gateway's growth.
    fake.forgetRequests();
    const before = await heap();
    const rest = Math.floor((COUNT * 3) / 4);
    await converseAll(rest, 2);
    // What they said had its effect meanwhile, but for what is never let in.
    for (const page of ['gone', 'twice', 'flood7', 'deaf7'])
      expect([page, told.has(page) || pagesTold().has(page)]).toEqual([page, true]);
    for (const page of ['nobody', 'all7'])
      expect([page, told.has(page) || pagesTold().has(page)]).toEqual([page, false]);
    expect(fake.store.presenceOn(SITE)).toEqual({ viewers: 1, connections: 1 });
    expect(fake.store.presenceOn('calm')).toEqual({ viewers: 1, connections: 1 });
    for (const page of [...told, ...pagesTold()].filter((one) => one !== 'calm' && one !== SITE))
      expect([page, fake.store.presenceOn(page)]).toEqual([page, { viewers: 0, connections: 0 }]);
    expect(seen.errors).toEqual([]);
    expect(await metric('gateway_sessions')).toBe(1);
    fake.forgetRequests();
    const grown = (await heap()) - before;
    const kept = served.filter((socket) => socket.deref() !== undefined).length;
    const { length: all } = served;
    process.stdout.write(
      `${COUNT} hostile conversations of ${Object.keys(CONVERSATIONS).length} kinds: ${all} connections, ` +
        `${kept} of them still held, ${rejections.length} rejections; ` +
        `the heap grew by ${(grown / 1024).toFixed(0)} KiB over the last ${rest}\n`,
    );
    expect(rejections).toEqual([]);
    // Those of the decent client, and of what asked for metrics.
    expect(kept).toBeLessThan(20);
    expect(grown).toBeLessThan(GROWTH_MAX + GROWTH_EACH_MAX * rest);
    await client.dispose();
  }, 600_000);
});
