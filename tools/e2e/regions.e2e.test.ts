/**
 * Goal    regions that accept every write alone come to the same, exact counts after they were parted, after replies were
 *         lost, and after one of them has forgotten something (issue "many regions", real processes).
 * Method  two regions of real processes, each with a Redis of its own, joined by proxies that the test cuts. What was
 *         acknowledged is counted by the test itself. HEADCOUNT_E2E_LONG=1 makes the cut last a minute.
 */
import {
  LiveClient,
  RedisBackup,
  seededRandom,
  startRegions,
  until,
  type LiveSubscription,
  type Regions,
  type System,
} from '@headcount/testing';
import { pause } from './crowd.js';
import { agree, ask, exchanged, isStale, like, likeMany, read, shows } from './region-counters.js';
import { likeThroughCuts } from './unreliable-way.js';

const CUT_MS = process.env.HEADCOUNT_E2E_LONG === '1' ? 60_000 : 4000;
const SEED = 20_261_125;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

describe('two regions', () => {
  let regions: Regions;
  let ams: System;
  let fra: System;
  const clients: LiveClient[] = [];
  const view = (system: System, pageId: string, viewerId: string): LiveSubscription => {
    const client = new LiveClient(system.liveUrl(), { viewerId });
    clients.push(client);
    return client.viewing(pageId);
  };
  const allSee = (subscriptions: readonly LiveSubscription[], count: number): Promise<unknown> =>
    until(() => subscriptions.map(({ last }) => last), {
      what: `every viewer to see ${count}`,
      accept: (counts) => counts.every((seen) => seen === count),
      timeoutMs: 30_000,
    });

  beforeAll(async () => {
    // Fewer buckets than usual: what is proved here holds bucket by bucket, and each costs a machine of two cores time.
    regions = await startRegions({ env: { SYNC_INTERVAL_MS: '500', BUCKETS: '128' } });
    ams = regions.named('ams');
    fra = regions.named('fra');
    await agree(regions, 'begin', 0, 'viewers');
  }, 60_000);
  afterEach(async () => {
    regions.heal();
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => regions.stop());

  it('go on alone while they are parted, each naming the other, and show the same sums when they are joined', async () => {
    const inAms = ['a1', 'a2', 'a3'].map((viewerId) => view(ams, 'cut', viewerId));
    const inFra = ['f1', 'f2'].map((viewerId) => view(fra, 'cut', viewerId));
    await likeMany(ams, 'cut', 10);
    await likeMany(fra, 'cut', 20);
    await allSee([...inAms, ...inFra], 5);
    await agree(regions, 'cut', 30);

    const cutMs = performance.now();
    regions.cut('silent');
    await shows(ams, 'cut', { count: 3, staleRegions: ['fra'] }, 'viewers');
    await shows(fra, 'cut', { count: 2, staleRegions: ['ams'] }, 'viewers');
    say(`cut to named as stale by both: ${Math.round(performance.now() - cutMs)} ms`);
    inFra.push(view(fra, 'cut', 'f3'), view(fra, 'cut', 'f4'));
    inAms.shift()?.complete();
    await allSee(inAms, 2);
    await allSee(inFra, 4);
    let [likesInAms, likesInFra] = [10, 20];
    while (performance.now() < cutMs + CUT_MS) {
      await Promise.all([likeMany(ams, 'cut', 3), likeMany(fra, 'cut', 5)]);
      [likesInAms, likesInFra] = [likesInAms + 3, likesInFra + 5];
      await pause(100);
    }
    expect((await read(ams, 'cut')).count).toBe(likesInAms + 20);
    expect((await read(fra, 'cut')).count).toBe(likesInFra + 10);

    regions.heal();
    const likesMs = await agree(regions, 'cut', likesInAms + likesInFra);
    const viewersMs = await agree(regions, 'cut', 6, 'viewers');
    await allSee([...inAms, ...inFra], 6);
    say(
      `cut for ${Math.round(CUT_MS / 1000)} s, ${likesInAms + likesInFra} likes; healed to equal: ` +
        `likes ${Math.round(likesMs)} ms, viewers ${Math.round(likesMs + viewersMs)} ms`,
    );
  }, 150_000);

  it('count an operation once that was sent to both while they were parted', async () => {
    await likeMany(ams, 'twice', 1);
    await agree(regions, 'twice', 1);
    regions.cut();
    const operation = { pageId: 'twice', by: 5, opId: 'sent-to-both' };
    await expect(like(ams.apiUrl(), operation)).resolves.toBe(6);
    await expect(like(fra.apiUrl(), operation)).resolves.toBe(6);
    await like(fra.apiUrl(), { pageId: 'twice', by: 2, opId: 'sent-to-one' });
    regions.heal();
    await agree(regions, 'twice', 8);
    for (const { apiUrl } of regions.systems) await like(apiUrl(), operation);
    await exchanged(regions, 'twice-exchanged');
    await agree(regions, 'twice', 8);
  }, 60_000);

  it('count 10,000 increments exactly, though 200 connections are cut in the middle of a reply', async () => {
    const startMs = performance.now();
    const storm = { pageId: 'storm', increments: 10_000, cuts: 200, workers: 40 };
    const [port] = ams.counterApis.map((app) => app.port);
    const { cuts, failures } = await likeThroughCuts(port ?? 0, storm, seededRandom(SEED));
    say(
      `seed ${SEED}: ${storm.increments} increments in ${Math.round(performance.now() - startMs)} ms, ` +
        `${cuts} connections cut, ${failures} requests sent again`,
    );
    expect(cuts).toBe(storm.cuts);
    say(`all in both regions after ${Math.round(await agree(regions, 'storm', 10_000))} ms`);
    await exchanged(regions, 'storm-exchanged');
    await agree(regions, 'storm', 10_000);
  }, 180_000);

  it('have all back that one of them had told the other, when it starts again from an older file', async () => {
    const keyed = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => ({ pageId: 'older', opId: `o${from + at}` }));
    const send = (changes: readonly { pageId: string; opId: string }[]) =>
      Promise.all(changes.map((change) => like(ams.apiUrl(), change)));
    await likeMany(ams, 'older', 50);
    await likeMany(fra, 'older', 50);
    await send(keyed(0, 10));
    await agree(regions, 'older', 110);
    const backup = await RedisBackup.of(ams.redis);
    await likeMany(ams, 'older', 30);
    await send(keyed(10, 30));
    await agree(regions, 'older', 160);
    // Known to nobody else: with the file these are gone, and only who has an id can send them again.
    regions.cut();
    await likeMany(ams, 'older', 7);
    await send(keyed(30, 35));

    await backup.putBack();
    const backMs = performance.now();
    regions.heal();
    await until(() => send(keyed(0, 35)), { what: 'all ids to be taken', timeoutMs: 30_000 });
    await agree(regions, 'older', 165);
    say(`older file to exact in both: ${Math.round(performance.now() - backMs)} ms`);
    await send(keyed(0, 35));
    await exchanged(regions, 'older-exchanged');
    await agree(regions, 'older', 165);
    await backup.remove();
  }, 90_000);

  it('give back to one that was emptied what the other one knew', async () => {
    const viewers = [view(ams, 'empty', 'a1'), view(fra, 'empty', 'f1'), view(fra, 'empty', 'f2')];
    await likeMany(ams, 'empty', 40);
    await likeMany(fra, 'empty', 2);
    await allSee(viewers, 3);
    await agree(regions, 'empty', 42);
    await ams.redis.flush();
    const emptiedMs = performance.now();
    await agree(regions, 'empty', 42);
    await agree(regions, 'empty', 3, 'viewers');
    // With the ids of the storm come more records at once than any other bucket has.
    await agree(regions, 'storm', 10_000);
    await exchanged(regions, 'empty-exchanged');
    say(`emptied to exact in both: ${Math.round(performance.now() - emptiedMs)} ms`);
    await likeMany(ams, 'empty', 1);
    await agree(regions, 'empty', 43);
    await allSee(viewers, 3);
  }, 90_000);

  it('retire one that has ended for good, not one that is heard, and keep its likes', async () => {
    const retire = () =>
      ask<unknown>(
        ams.apiUrl(),
        'mutation ($name: String!) { retireRegion(name: $name) { name } }',
        {
          name: 'fra',
        },
      );
    view(fra, 'ended', 'f1');
    await likeMany(fra, 'ended', 6);
    await agree(regions, 'ended', 6);
    await agree(regions, 'ended', 1, 'viewers');
    // On a busy machine it may count as silent for a moment.
    await until(() => isStale(ams, 'fra'), {
      what: 'fra to be heard',
      accept: (stale) => stale === false,
      timeoutMs: 30_000,
    });
    await expect(retire()).rejects.toThrow(/heard/);
    await fra.stop();
    await shows(ams, 'ended', { count: 0, staleRegions: ['fra'] }, 'viewers');
    await until(retire, { what: 'fra to be retired', timeoutMs: 30_000 });
    await shows(ams, 'ended', { count: 0, staleRegions: [] }, 'viewers');
    await shows(ams, 'ended', { count: 6, staleRegions: [] });
  }, 90_000);
});
