/**
 * Goal    whoever has a lease is counted, once a page and once on the whole site, until it ends; and never differently.
 * Method  random histories on a real Redis beside a model in plain maps: leases are renewed, ended, and left to run out on a virtual
 *         clock; gateways feed the same pages; processes end in the middle of a lease or of a look; Redis is flushed or returns to an
 *         earlier state. Raw reads compare every register with the sum of its entries (R1) after each step, and what leases count
 *         with the model whenever nothing is due; at the end the audit agrees, and nothing is left once all have run out.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import type { Redis } from 'ioredis';
import type { Presence } from '@headcount/crdt';
import { SITE, bucketOf, type PageId, type ViewerId } from '@headcount/protocol';
import { counterKey } from './keys.js';
import { LEASES, RedisLeaseStore } from './lease.store.js';
import { leaseExpire } from './scripts/lease-expire.js';
import { leaseMark } from './scripts/lease-mark.js';
import { leaseRenew } from './scripts/lease-renew.js';
import { leaseTake } from './scripts/lease-take.js';
import {
  openStores,
  rawEntries,
  rawRegisters,
  type Snapshot,
  type StoreHarness,
} from './testing/store-harness.js';

/** `b` is in another than the rest. */
const BUCKETS = 2;
const ALL = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
const PAGES = ['home', 'b', `long/${'x'.repeat(80)}`, SITE] as PageId[];
const ANN = 'ann' as ViewerId;
const VIEWERS = [ANN, 'bob', 'zoë 1'] as ViewerId[];
const keyOf = (page: PageId): string => counterKey(page, 'viewers').key;
const bucketAt = (page: PageId): number => bucketOf(page, BUCKETS);
const LEASES_MAX = 6;
const LEASES_PER_VIEWER_MAX = 3;

interface On {
  readonly page: PageId;
  readonly viewer: ViewerId;
}
type Step =
  | (On & { readonly does: 'renew'; readonly ttlMs: number })
  | (On & { readonly does: 'end' | 'vanish' })
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'feed'; readonly page: PageId; readonly viewers: number }
  | { readonly does: 'look' | 'loseLook' | 'remember' | 'rollBack' | 'flush' };

const on = { page: fc.constantFrom(...PAGES), viewer: fc.constantFrom(...VIEWERS) };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('renew' as const),
      ...on,
      ttlMs: fc.integer({ min: 1000, max: 30_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('end' as const, 'vanish' as const), ...on }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      ms: fc.integer({ min: 1, max: 20_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('feed' as const),
      page: on.page,
      viewers: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constantFrom('look' as const, 'loseLook' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constantFrom('remember' as const, 'rollBack' as const, 'flush' as const),
    }),
  },
);

/** 'page\tviewer' -> when it ends. */
type Model = ReadonlyMap<string, number>;

class History {
  private readonly leases: RedisLeaseStore;
  private model: Model = new Map();
  private saved: {
    readonly model: Model;
    readonly isMarkLost: boolean;
    readonly snapshot: Snapshot;
  } | null = null;
  /** Whether a bucket may have lost its mark, so that only the sweep finds what is due there. */
  private isMarkLost = false;
  private sent = 0;

  constructor(private readonly stores: StoreHarness) {
    this.leases = new RedisLeaseStore(stores.context, {
      buckets: BUCKETS,
      leasesMax: LEASES_MAX,
      leasesPerViewerMax: LEASES_PER_VIEWER_MAX,
      now: () => this.nowMs,
    });
  }

  private get nowMs(): number {
    return this.stores.clock.nowMs;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      await this.take(one);
      if (one.does !== 'wait' && one.does !== 'remember') await this.compareRegisters();
    }
    await this.sweep();
    await this.compareLeases();
    await this.audit();
    this.stores.clock.nowMs += 60_000;
    await this.leases.expireDue();
    await this.sweep();
    expect(await this.stores.redis.keys('hc:{*}:leases')).toEqual([]);
    expect(await this.stores.redis.keys('hc:{*}:places')).toEqual([]);
    for (const bucket of ALL)
      expect((await this.stores.upkeep.sweep(bucket)).gateways.has(LEASES)).toBe(false);
  }

  private async take(one: Step): Promise<void> {
    switch (one.does) {
      case 'renew':
        return this.renew(one, one.ttlMs);
      case 'end':
        await this.leases.end({ pageId: one.page, viewer: one.viewer });
        this.model = without(this.model, (name) => name === nameOf(one));
        return;
      case 'vanish':
        // It ends between the mark and the lease.
        await leaseMark.run(
          this.stores.redis,
          ['hc:leases'],
          [this.nowMs, 1000, bucketAt(one.page)],
        );
        return;
      case 'wait':
        this.stores.clock.nowMs += one.ms;
        return;
      case 'feed':
        return this.feed(one.page, one.viewers);
      case 'look':
        await this.leases.expireDue();
        if (this.isMarkLost) await this.sweep();
        this.isMarkLost = false;
        return this.compareLeases();
      case 'loseLook': {
        // It ends between taking the marks and looking at their buckets.
        const lost = await leaseTake.run(this.stores.redis, ['hc:leases'], [this.nowMs, 64]);
        this.isMarkLost ||= lost.length > 0;
        return;
      }
      case 'remember':
        this.saved = {
          model: this.model,
          isMarkLost: this.isMarkLost,
          snapshot: await this.stores.snapshot(),
        };
        return;
      case 'rollBack':
        if (!this.saved) return;
        ({ model: this.model, isMarkLost: this.isMarkLost } = this.saved);
        await this.stores.rollBackTo(this.saved.snapshot);
        return;
      case 'flush':
        await this.stores.redis.flushall();
        this.model = new Map();
        this.isMarkLost = false;
        return;
    }
  }

  private async renew(one: On, ttlMs: number): Promise<void> {
    const renewed = await this.leases.renew({ pageId: one.page, viewer: one.viewer }, ttlMs);
    const present = this.present();
    const ofViewer = without(present, (name) => !name.endsWith(`\t${one.viewer}`));
    const isNew = !present.has(nameOf(one));
    if (!renewed.ok) {
      const isOwn = ofViewer.size >= LEASES_PER_VIEWER_MAX;
      expect([isNew, renewed.error]).toEqual([true, isOwn ? 'TOO_MANY_OF_VIEWER' : 'TOO_MANY']);
      expect(isOwn || present.size >= LEASES_MAX).toBe(true);
      return;
    }
    if (isNew) {
      expect(ofViewer.size).toBeLessThan(LEASES_PER_VIEWER_MAX);
      expect(present.size).toBeLessThan(LEASES_MAX);
    }
    this.model = new Map([...this.model, [nameOf(one), this.nowMs + ttlMs]]);
    const counted = await rawRegisters(this.stores.redis, bucketAt(one.page));
    expect(renewed.value.view).toMatchObject(counted.get(keyOf(one.page)) ?? {});
  }

  private async feed(page: PageId, viewers: number): Promise<void> {
    this.sent += 1;
    await this.stores.presence.apply('g1', bucketAt(page), {
      from: null,
      to: this.sent,
      entries: [{ key: page, value: { viewers, connections: 2 * viewers }, version: this.sent }],
    });
  }

  private present(): Model {
    return without(this.model, (_, endsMs) => endsMs <= this.nowMs);
  }

  /** What the sweep does where a bucket knows of leases. */
  private async sweep(): Promise<void> {
    for (const bucket of ALL) {
      const { gateways } = await this.stores.upkeep.sweep(bucket);
      if (gateways.has(LEASES)) await this.leases.expire(bucket);
    }
  }

  private async compareRegisters(): Promise<void> {
    for (const bucket of ALL) {
      const entries = await rawEntries(this.stores.redis, bucket);
      expect(await rawRegisters(this.stores.redis, bucket)).toEqual(sums([...entries.values()]));
    }
  }

  private async compareLeases(): Promise<void> {
    const expected = new Map<string, Presence>();
    for (const page of PAGES) {
      const here = [...this.present().keys()].filter(
        (name) => page === SITE || name.startsWith(`${page}\t`),
      );
      const viewers = new Set(here.map((name) => name.split('\t')[1])).size;
      if (viewers > 0) expected.set(keyOf(page), { viewers, connections: 0 });
    }
    const held = await Promise.all(ALL.map((bucket) => rawEntries(this.stores.redis, bucket)));
    expect(sums(held.flatMap((gateways) => gateways.get(LEASES) ?? []))).toEqual(expected);
  }

  private async audit(): Promise<void> {
    for (const bucket of ALL) {
      const { gateways } = await this.stores.upkeep.sweep(bucket);
      const audit = await this.stores.upkeep.audit(bucket, [...gateways.keys()], 0);
      expect(audit?.differences).toEqual([]);
    }
  }
}

const nameOf = ({ page, viewer }: On): string => `${page}\t${viewer}`;

function without(model: Model, isOut: (name: string, endsMs: number) => boolean): Model {
  return new Map([...model].filter(([name, endsMs]) => !isOut(name, endsMs)));
}

function sums(maps: readonly ReadonlyMap<string, Presence>[]): Map<string, Presence> {
  const summed = new Map<string, Presence>();
  for (const [key, { viewers, connections }] of maps.flatMap((map) => [...map])) {
    const held = summed.get(key) ?? { viewers: 0, connections: 0 };
    summed.set(key, {
      viewers: held.viewers + viewers,
      connections: held.connections + connections,
    });
  }
  return new Map(
    [...summed].filter(([, { viewers, connections }]) => viewers > 0 || connections > 0),
  );
}

/** The same connection, on which something else happens before each run of a script. */
function heldUp(redis: Redis, script: string, before: () => Promise<void>): Redis {
  return new Proxy(redis, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== 'function') return found;
      const call = (...args: unknown[]): unknown => Reflect.apply(found, target, args);
      if (name !== script) return call;
      return async (...args: unknown[]) => {
        await before();
        return call(...args);
      };
    },
  });
}

describe('lease store', () => {
  let stores: StoreHarness;
  beforeAll(async () => {
    stores = await openStores({ buckets: BUCKETS });
  });
  afterAll(() => stores.close());
  beforeEach(() => stores.redis.flushall());

  const storeOn = (redis: Redis, leasesPerViewerMax = LEASES_PER_VIEWER_MAX): RedisLeaseStore =>
    new RedisLeaseStore(
      { ...stores.context, redis },
      {
        ...{ buckets: BUCKETS, leasesMax: LEASES_MAX, leasesPerViewerMax },
        now: () => stores.clock.nowMs,
      },
    );

  it('counts whoever has a lease, exactly, on random histories', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
        async (steps) => {
          await stores.redis.flushall();
          await new History(stores).run(steps);
        },
      ),
      { numRuns: runs(20) },
    );
  }, 120_000);

  it('refuses a viewer who has as many as one may have, and nobody else', async () => {
    // As a version without that bound has stored them.
    const before = storeOn(stores.redis, Number.MAX_SAFE_INTEGER);
    const now = storeOn(stores.redis, 2);
    const renew = async (leases: RedisLeaseStore, pageId: string, viewer: string) => {
      const lease = { pageId: pageId as PageId, viewer: viewer as ViewerId };
      const renewed = await leases.renew(lease, 60_000);
      return renewed.ok ? 'leased' : renewed.error;
    };
    for (const page of ['a', 'b', 'c']) expect(await renew(before, page, 'ann')).toBe('leased');
    const held = await Promise.all(ALL.map((bucket) => rawEntries(stores.redis, bucket)));
    expect(await renew(now, 'd', 'ann')).toBe('TOO_MANY_OF_VIEWER');
    expect(await Promise.all(ALL.map((bucket) => rawEntries(stores.redis, bucket)))).toEqual(held);
    expect(await renew(now, 'c', 'ann')).toBe('leased');
    expect(await renew(now, 'd', 'bob')).toBe('leased');
    for (const page of ['a', 'b'] as PageId[]) await now.end({ pageId: page, viewer: ANN });
    expect(await renew(now, 'd', 'ann')).toBe('leased');
  });

  it('looks for the end of each lease of a bucket, one after the other', async () => {
    const leases = storeOn(stores.redis);
    for (const [nth, viewer] of VIEWERS.entries())
      await leases.renew({ pageId: SITE, viewer }, (nth + 1) * 1000);
    for (let ended = 0; ended < VIEWERS.length; ended += 1) {
      stores.clock.nowMs += 1000;
      expect(await leases.expireDue()).toBe(1);
    }
  });

  it('looks for the end of a lease whose mark was taken before it was there', async () => {
    const redis = heldUp(stores.redis, leaseRenew.name, async () => {
      await leaseTake.run(stores.redis, ['hc:leases'], [stores.clock.nowMs + 60_000, 64]);
    });
    await storeOn(redis).renew({ pageId: SITE, viewer: ANN }, 1000);
    stores.clock.nowMs += 1000;
    expect(await storeOn(stores.redis).expireDue()).toBe(1);
  });

  it('looks for the end of a lease whoever began it and came to nothing afterwards', async () => {
    const redis = heldUp(stores.redis, 'zadd', () => Promise.reject(new Error('it has ended')));
    await expect(storeOn(redis).renew({ pageId: SITE, viewer: ANN }, 1000)).rejects.toThrow();
    stores.clock.nowMs += 1000;
    expect(await storeOn(stores.redis).expireDue()).toBe(1);
  });

  it('looks again at a bucket that it has taken while Redis was not to be had', async () => {
    let isAway = true;
    const redis = heldUp(stores.redis, leaseExpire.name, async () => {
      if (isAway) throw new Error('Redis is away');
    });
    const leases = storeOn(redis);
    await leases.renew({ pageId: SITE, viewer: ANN }, 1000);
    stores.clock.nowMs += 1000;
    await expect(leases.expireDue()).rejects.toThrow('Redis is away');
    isAway = false;
    expect(await leases.expireDue()).toBe(1);
  });
});
