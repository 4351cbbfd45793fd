/**
 * What users have not read, over regions: follows in one bucket, modifications in another, region-merge between them.
 *
 * Goal    every region comes to show the same and the right number, wherever a user follows and reads, whoever publishes an
 *         event, and however often.
 * Method  three regions with a Redis each. Beside them sets: which copies of which events a region knows, which of them a
 *         user has seen. An event is unread if a copy of it is known and none is seen. Parts of both buckets are pulled
 *         in any order, in a chain or not; at the end everyone pulls from everyone.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import type { Follow, VersionVector } from '@headcount/crdt';
import {
  MODIFICATIONS,
  bucketOf,
  orThrow,
  parseOperationId,
  parsePageId,
  parseViewerId,
  unreadOf,
  userBucketOf,
} from '@headcount/protocol';
import { pull, type Region } from './testing/pull.js';
import { openStores } from './testing/store-harness.js';

const BUCKETS = 2;
const NAMES = ['ams', 'fra', 'sin'] as const;
type Name = (typeof NAMES)[number];
/** In different buckets, so that one may have come to a region and the other not. */
const PAGE = orThrow(parsePageId('home'));
const USERS = Array.from({ length: 40 }, (_, at) => orThrow(parseViewerId(`user ${at}`)))
  .filter((user) => userBucketOf(user, BUCKETS) !== bucketOf(PAGE, BUCKETS))
  .slice(0, 2);
const PAGE_BUCKET = bucketOf(PAGE, BUCKETS);
const USER_BUCKET = 1 - PAGE_BUCKET;

/** `event@region`: one copy of an event, counted there. */
type Copy = string;

/** What the test knows of a region: copies that it holds, and of each user's follow the copies seen. */
interface Known extends Region {
  readonly name: Name;
  copies: ReadonlySet<Copy>;
  seen: ReadonlyMap<string, ReadonlySet<Copy>>;
}

const union = <T>(left: ReadonlySet<T>, right: ReadonlySet<T>): ReadonlySet<T> =>
  new Set([...left, ...right]);

describe('unread over regions', () => {
  const regions = new Map<Name, Known>();
  beforeAll(async () => {
    for (const name of NAMES) {
      const stores = await openStores({ region: name, buckets: BUCKETS });
      regions.set(name, { name, stores, copies: new Set(), seen: new Map() });
    }
  });
  afterAll(async () => {
    for (const { stores } of regions.values()) await stores.close();
  });
  beforeEach(begin);

  async function begin(): Promise<void> {
    for (const region of regions.values()) {
      await region.stores.redis.flushall();
      Object.assign(region, { copies: new Set(), seen: new Map() });
    }
  }
  const at = (name: Name): Known => {
    const region = regions.get(name);
    if (!region) throw new Error(`no region ${name}`);
    return region;
  };
  let number = 0;
  async function modify(name: Name, event: string): Promise<void> {
    const region = at(name);
    const operationId = orThrow(parseOperationId(event));
    const { added } = await region.stores.counters.add({
      ...{ bucket: PAGE_BUCKET, instance: 'i', number: (number += 1), sentUnder: null },
      additions: [{ pageId: PAGE, name: MODIFICATIONS, amount: 1, operationId }],
    });
    if (added[0]?.outcome === 'added')
      region.copies = union(region.copies, new Set([`${event}@${name}`]));
  }
  async function made(name: Name): Promise<VersionVector> {
    const [found] = await at(name).stores.modifications.read([{ pageId: PAGE, after: new Map() }]);
    return found?.made ?? new Map();
  }
  async function follow(name: Name, user: number): Promise<void> {
    const userId = USERS[user];
    const region = at(name);
    if (!userId || region.seen.has(userId)) return;
    const change = { kind: 'follow', pageId: PAGE, made: await made(name) } as const;
    await region.stores.follows.change(userId, [change]);
    region.seen = new Map(region.seen).set(userId, region.copies);
  }
  async function read(name: Name, user: number): Promise<void> {
    const userId = USERS[user];
    const region = at(name);
    const seen = userId && region.seen.get(userId);
    if (!userId || !seen) return;
    const change = { kind: 'mark', pageId: PAGE, read: await made(name) } as const;
    await region.stores.follows.change(userId, [change]);
    region.seen = new Map(region.seen).set(userId, union(seen, region.copies));
  }
  async function pullPage(by: Name, of: Name): Promise<void> {
    await pull(at(by), at(of), PAGE_BUCKET);
    at(by).copies = union(at(by).copies, at(of).copies);
  }
  async function pullUsers(by: Name, of: Name): Promise<void> {
    await pull(at(by), at(of), USER_BUCKET);
    const joined = new Map(at(by).seen);
    for (const [user, seen] of at(of).seen)
      joined.set(user, union(joined.get(user) ?? new Set(), seen));
    at(by).seen = joined;
  }
  const meet = (by: Name, of: Name, chain: boolean): boolean =>
    by !== of && !(chain && by !== 'fra' && of !== 'fra');
  async function pullAll(chain: boolean): Promise<void> {
    for (let round = 0; round < (chain ? 4 : 2); round += 1) {
      for (const by of NAMES) {
        for (const of of NAMES) {
          if (!meet(by, of, chain)) continue;
          await pullPage(by, of);
          await pullUsers(by, of);
        }
      }
    }
  }
  async function shown(name: Name, user: number): Promise<number> {
    const userId = USERS[user];
    if (!userId) throw new Error(`no user ${user}`);
    const { stores } = at(name);
    const follows: ReadonlyMap<typeof PAGE, Follow> = await stores.follows.all(userId);
    const asks = [...follows].map(([pageId, { marks }]) => ({ pageId, after: marks }));
    const [modified] = await stores.modifications.read(asks);
    return unreadOf(follows, () => modified, 0).total;
  }
  function truth({ copies, seen }: Known, user: number): number {
    const ofUser = seen.get(USERS[user] ?? '');
    if (!ofUser) return 0;
    const eventOf = (copy: Copy): string => copy.slice(0, copy.indexOf('@'));
    const events = new Set([...copies].map(eventOf));
    for (const copy of ofUser) events.delete(eventOf(copy));
    return events.size;
  }

  it('is one for an event that both sides of a cut have counted, and none where one side has read it', async () => {
    await follow('ams', 0);
    await pullAll(false);
    await modify('ams', 'both');
    await modify('fra', 'both');
    await modify('fra', 'only fra');
    expect([await shown('ams', 0), await shown('fra', 0)]).toEqual([1, 2]);
    await pullAll(false);
    for (const name of NAMES) expect([name, await shown(name, 0)]).toEqual([name, 2]);
    await modify('ams', 'again');
    await modify('fra', 'again');
    await read('ams', 0);
    await pullAll(false);
    for (const name of NAMES) expect([name, await shown(name, 0)]).toEqual([name, 0]);
  });

  it('is the same everywhere after a cut in which one side follows, one modifies and one reads', async () => {
    await modify('ams', 'before');
    await pullAll(false);
    await follow('fra', 0);
    await modify('ams', 'first');
    await modify('sin', 'second');
    await pullAll(true);
    expect(await shown('sin', 0)).toBe(2);
    await modify('ams', 'third');
    await read('sin', 0);
    await pullAll(true);
    for (const name of NAMES) expect([name, await shown(name, 0)]).toEqual([name, 1]);
  });

  const region = fc.constantFrom<Name>(...NAMES);
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ does: fc.constant('modify' as const), region, event: fc.nat(5) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        does: fc.constantFrom('follow' as const, 'read' as const),
        region,
        user: fc.nat(1),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        does: fc.constantFrom('page' as const, 'users' as const),
        region,
        of: region,
      }),
    },
  );

  it('comes to the same and the right number in random histories', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30, size: 'max' }),
        fc.boolean(),
        async (steps, chain) => {
          await begin();
          for (const one of steps) {
            if (one.does === 'modify') await modify(one.region, `event ${one.event}`);
            else if (one.does === 'follow') await follow(one.region, one.user);
            else if (one.does === 'read') await read(one.region, one.user);
            else if (!('of' in one) || !meet(one.region, one.of, chain)) continue;
            else if (one.does === 'page') await pullPage(one.region, one.of);
            else await pullUsers(one.region, one.of);
          }
          await pullAll(chain);
          for (const user of [0, 1]) {
            const right = truth(at('ams'), user);
            for (const name of NAMES)
              expect([name, await shown(name, user)]).toEqual([name, right]);
          }
        },
      ),
      { numRuns: runs(80) },
    );
  }, 120_000);
});
