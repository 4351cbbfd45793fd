/**
 * Goal    what is unread comes to the rules of docs/unread.md when regions that were parted meet again: followed in one, modified
 *         in both, read in one, and the same event told to both (issue "Unread notifications", real processes).
 * Method  two whole regions; badges on gateways of both. HEADCOUNT_E2E_LONG=1 makes the cut last a minute.
 */
import { startRegions, until, type Regions } from '@headcount/testing';
import { Badge, Notifier } from './badges.js';
import { pause } from './crowd.js';

const CUT_MS = process.env.HEADCOUNT_E2E_LONG === '1' ? 60_000 : 3000;

describe('unread in two regions', () => {
  let regions: Regions;
  const badges: Badge[] = [];
  const notifierOf = (region: string): Notifier =>
    new Notifier(() => regions.named(region).notificationUrl());
  const badge = (userId: string, region: string): Badge => {
    const made = new Badge(regions.named(region).liveUrl(), userId);
    badges.push(made);
    return made;
  };
  const all = (shown: readonly Badge[], total: number, what: string) =>
    until(() => shown.map((each) => each.total), {
      ...{ what, timeoutMs: 30_000 },
      accept: (totals) => totals.every((each) => each === total),
    });

  beforeAll(async () => {
    regions = await startRegions({
      notifications: 1,
      env: { SYNC_INTERVAL_MS: '500', BUCKETS: '128' },
    });
  }, 60_000);
  afterAll(async () => {
    await Promise.all(badges.map((each) => each.close()));
    await regions.stop();
  }, 30_000);

  it('comes to the same, by the rules, after they were parted', async () => {
    const [ams, fra] = [notifierOf('ams'), notifierOf('fra')];
    const ann = [badge('ann', 'ams'), badge('ann', 'fra')];
    const bob = [badge('bob', 'ams'), badge('bob', 'fra')];
    await ams.follow('ann', 'news');
    await ams.modify('news', 'before');
    await all(ann, 1, 'an event of the other region');
    await ams.readAll('ann');
    await all(ann, 0, 'what was read in the other region');

    const cutMs = performance.now();
    regions.cut();
    // Followed on one side only, modified on both, one event told to both, read on one.
    await ams.follow('bob', 'news');
    await ams.modify('news', 'only-ams');
    await ams.modify('news', 'both');
    await fra.modify('news', 'both');
    await fra.modify('news', 'only-fra');
    await all([...ann, ...bob.slice(0, 1)], 2, 'each region to count alone');
    await fra.readAll('ann');
    await all(ann.slice(1), 0, 'what was read here');
    await pause(Math.max(0, CUT_MS - (performance.now() - cutMs)));
    expect(ann[0]?.total).toBe(2);
    expect(bob[1]?.total).toBe(0);

    const healMs = performance.now();
    regions.heal();
    // Ann has read `both` and `only-fra` there; to bob, who has read nothing, they are three events.
    await all(ann, 1, 'what ann has not read in any region');
    await all(bob, 3, 'each event once');
    const tookMs = Math.round(performance.now() - healMs);
    process.stdout.write(
      `unread: cut for ${CUT_MS / 1000} s, the same everywhere ${tookMs} ms after\n`,
    );
    for (const notifier of [ams, fra]) {
      expect((await notifier.unread('ann')).total).toBe(1);
      expect((await notifier.unread('bob')).total).toBe(3);
    }
  }, 150_000);
});
