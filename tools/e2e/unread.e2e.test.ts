/**
 * Goal    every badge is exact: on all devices of a user, after any part was killed under load, and after each modification of a
 *         page that many who are online follow (issue "Unread notifications").
 * Method  real processes and stock clients; every event, follow and read is repeated until it is acknowledged. What the badges are
 *         held against is what was acknowledged, and what notification answers.
 *         HEADCOUNT_UNREAD_FOLLOWS (1000) pages of one user; HEADCOUNT_UNREAD_USERS (300) online followers of the hot page, HEADCOUNT_UNREAD_CHANGES (10) of it.
 */
import { startSystem, until, type System } from '@headcount/testing';
import { Badge, Notifier } from './badges.js';

const FOLLOWS = Number(process.env.HEADCOUNT_UNREAD_FOLLOWS ?? 1000);
const HOT_USERS = Number(process.env.HEADCOUNT_UNREAD_USERS ?? 300);
const HOT_CHANGES = Number(process.env.HEADCOUNT_UNREAD_CHANGES ?? 10);
/** Requests under way at a time. */
const AT_ONCE = 50;

const print = (sentence: string): void => void process.stdout.write(`${sentence}\n`);

async function inTurns<T>(
  items: readonly T[],
  act: (item: T, at: number) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    await Promise.all(items.slice(at, at + AT_ONCE).map((item, place) => act(item, at + place)));
  }
}

describe('unread', () => {
  let system: System;
  let notifier: Notifier;
  const badges: Badge[] = [];
  let stop = async (): Promise<void> => undefined;
  const start = async (): Promise<void> => {
    stop = async () => undefined;
    system = await startSystem({ counterApis: 2, gateways: 2, notifications: 1 });
    stop = () => system.stop();
    notifier = new Notifier(() => system.notificationUrl());
  };
  afterEach(async () => {
    await inTurns(badges.splice(0), (each) => each.close());
    await stop();
  }, 60_000);

  const badge = (userId: string, gateway: number): Badge => {
    const made = new Badge(system.liveUrl(gateway), userId);
    badges.push(made);
    return made;
  };
  const all = (shown: readonly Badge[], total: number, what: string, timeoutMs = 10_000) =>
    until(() => shown.map((each) => each.total), {
      ...{ what, timeoutMs, everyMs: 5 },
      accept: (totals) => totals.every((each) => each === total),
    });

  it('is the same on all devices of a user, through every gateway', async () => {
    await start();
    const devices = [badge('ann', 0), badge('ann', 1), badge('ann', 1)];
    await all(devices, 0, 'the first value');
    await notifier.follow('ann', 'news');
    await notifier.modify('news', 'e1');
    await notifier.modify('news', 'e2');
    await notifier.modify('news', 'e2');
    await all(devices, 2, 'two events');
    const readMs = performance.now();
    await notifier.readAll('ann');
    await all(devices, 0, 'what was read elsewhere');
    print(`read on one device, shown on all: ${(performance.now() - readMs).toFixed(0)} ms`);
    await notifier.modify('news', 'e3');
    await all(devices, 1, 'the event after that');
    // Whoever comes later is right at once.
    await all([badge('ann', 0)], 1, 'a new device');
  }, 60_000);

  it('is shown to a user who follows very many pages as to others', async () => {
    await start();
    const pages = Array.from({ length: FOLLOWS }, (_, at) => `many/${at}`);
    await inTurns(pages, (pageId) => notifier.follow('ann', pageId));
    const modified = pages.filter((_, at) => at % 10 === 0);
    await inTurns(modified, (pageId) => notifier.modify(pageId, 'e1'));
    const begunMs = performance.now();
    const device = badge('ann', 0);
    await all([device], modified.length, 'the first value');
    print(`${FOLLOWS} follows: first value after ${(performance.now() - begunMs).toFixed(0)} ms`);
    const changedMs = performance.now();
    await notifier.modify(pages[1] ?? '', 'e2');
    await all([device], modified.length + 1, 'one event more');
    print(`${FOLLOWS} follows: a change after ${(performance.now() - changedMs).toFixed(0)} ms`);
    const readMs = performance.now();
    await notifier.readAll('ann');
    await all([device], 0, 'all to be read');
    print(`${FOLLOWS} follows: all read after ${(performance.now() - readMs).toFixed(0)} ms`);
  }, 120_000);

  it('is exact at rest after notification, a counter-api, a gateway and Redis were killed under load', async () => {
    await start();
    const pages = Array.from({ length: 6 }, (_, at) => `page/${at}`);
    const users = Array.from({ length: 24 }, (_, at) => `user-${at}`);
    const readers = users.filter((_, at) => at % 3 === 0);
    const followed = (at: number): string[] => pages.slice(0, 1 + (at % pages.length));
    await inTurns(users, (userId, at) =>
      Promise.all(followed(at).map((pageId) => notifier.follow(userId, pageId))),
    );
    const shown = users.map((userId, at) => badge(userId, at % 2));
    await all(shown, 0, 'the first values');
    const told = new Map(pages.map((pageId) => [pageId, 0]));
    let isOver = false;
    const load = Array.from({ length: 4 }, async (_, worker) => {
      for (let nth = 0; !isOver; nth += 1) {
        const pageId = pages[(worker + nth) % pages.length] ?? '';
        await notifier.modify(pageId, `${worker}-${nth}`);
        told.set(pageId, (told.get(pageId) ?? 0) + 1);
        const reader = readers[nth % readers.length];
        if (nth % 5 === 0 && reader !== undefined) await notifier.readAll(reader);
      }
    });
    const { counterApis, gateways, notifications, redis } = system;
    for (const [what, kill] of [
      ['notification', () => notifications[0]?.end('SIGKILL')],
      ['counter-api', () => counterApis[0]?.end('SIGKILL')],
      ['gateway', () => gateways[0]?.end('SIGKILL')],
      ['Redis', () => redis.kill9()],
    ] as const) {
      const before = [...told.values()].reduce((sum, count) => sum + count, 0);
      await kill();
      if (what === 'Redis') await redis.restart();
      else {
        for (const app of new Set([...notifications, ...counterApis, ...gateways]))
          if (await isGone(app.url)) await app.restart();
      }
      await until(() => [...told.values()].reduce((sum, count) => sum + count, 0) > before + 20, {
        what: `the load to go on after ${what} was killed`,
        timeoutMs: 30_000,
      });
    }
    isOver = true;
    await Promise.all(load);
    print(`events acknowledged over four kills: ${[...told.values()].join(' ')}`);
    await inTurns(readers, (userId) => notifier.readAll(userId));
    const truth = users.map((userId, at) =>
      readers.includes(userId)
        ? 0
        : followed(at).reduce((sum, pageId) => sum + (told.get(pageId) ?? 0), 0),
    );
    const answered = await Promise.all(users.map((userId) => notifier.unread(userId)));
    expect(answered.map(({ total }) => total)).toEqual(truth);
    await until(() => shown.map(({ total }) => total), {
      what: `every badge to show ${JSON.stringify(truth)}`,
      timeoutMs: 20_000,
      accept: (totals) => totals.every((total, at) => total === truth[at]),
    });
  }, 180_000);

  it('is exact for all who are online after each modification of a page that all follow', async () => {
    await start();
    const users = Array.from({ length: HOT_USERS }, (_, at) => `fan-${at}`);
    await inTurns(users, (userId) => notifier.follow(userId, 'hot'));
    const shown = users.map((userId, at) => badge(userId, at % 2));
    await all(shown, 0, 'the first values', 120_000);
    let slowestMs = 0;
    for (let nth = 1; nth <= HOT_CHANGES; nth += 1) {
      const begunMs = performance.now();
      await notifier.modify('hot', `hot-${nth}`);
      await all(shown, nth, `modification ${nth} on every badge`, 30_000);
      slowestMs = Math.max(slowestMs, performance.now() - begunMs);
    }
    print(
      `${HOT_USERS} badges exact after each of ${HOT_CHANGES} modifications; slowest ${slowestMs.toFixed(0)} ms`,
    );
  }, 600_000);
});

async function isGone(url: string): Promise<boolean> {
  try {
    return !(await fetch(`${url}/health/live`)).ok;
  } catch {
    return true;
  }
}
