/**
 * region-follows, region-since and region-merge: what regions tell each other of follows.
 *
 * Goal    the scripts join follows as libs/crdt does, lose none that a region that remembers has, and come to the same.
 * Method  three regions with a Redis each, and beside each what the pure register says it holds. Users change follows
 *         anywhere; parts are read at one time and taken at another, twice or not at all; regions forget. In a chain ams
 *         and sin never meet. Then everyone pulls from everyone until nothing moves.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import {
  NEVER_FOLLOWED,
  follow,
  holdsFollow,
  isFollowed,
  joinFollows,
  markFollow,
  muteFollow,
  unfollow,
  type Follow,
  type Result,
  type VersionVector,
  type Writer,
} from '@headcount/crdt';
import {
  orThrow,
  parsePageId,
  parseViewerId,
  type PageId,
  type ViewerId,
} from '@headcount/protocol';
import type { FollowChange } from './follow.store.js';
import { endedKey, followsKey, shortName } from './keys.js';
import type { FollowRow, BucketState } from './region-part.js';
import { PART_BOUNDS } from './region-reader.js';
import { ask, pull, type AskedPart, type Region } from './testing/pull.js';
import { openStores, type Snapshot } from './testing/store-harness.js';

const NAMES = ['ams', 'fra', 'sin'] as const;
type Name = (typeof NAMES)[number];
const USERS = ['ann', 'ä'.repeat(40)].map((id) => orThrow(parseViewerId(id)));
const PAGES = ['home', 'x'.repeat(80)].map((id) => orThrow(parsePageId(id)));
const WRITERS = ['ams', 'fra', 'sin'].flatMap((name) =>
  [0, 1].map((life) => `${name}/${String(life).padStart(20, '0')}` as Writer),
);

/** What the pure register says that a region holds: user and page -> follow. */
type Model = ReadonlyMap<string, Follow>;

interface Known extends Region {
  readonly name: Name;
  model: Model;
  saved: { readonly redis: Snapshot; readonly model: Model };
}

const keyOf = (user: string, page: string): string => `${user}\n${page}`;
const taken = <T>(result: Result<T, 'OUT_OF_RANGE'>): T => {
  if (!result.ok) throw new Error('refused, though within the bound');
  return result.value;
};

function joined(model: Model, key: string, delta: Follow): Model {
  return new Map(model).set(key, joinFollows(model.get(key) ?? NEVER_FOLLOWED, delta));
}

function deltaOf(held: Follow, change: FollowChange): Follow {
  switch (change.kind) {
    case 'follow':
      return taken(follow(held, change.made));
    case 'unfollow':
      return taken(unfollow(held));
    case 'mark':
      return markFollow(held, change.read);
    case 'mute':
      return held.mute.untilMs === change.untilMs ? held : taken(muteFollow(held, change.untilMs));
  }
}

/** A row as the pure register reads it. */
function ofRow({ writers }: BucketState, row: FollowRow): [key: string, follow: Follow] {
  const [user, userName, page, pageName, length, number, untilMs, marks] = row;
  const vector = marks.map(
    ([at, position]) => [writers[at]?.join('/') as Writer, position] as const,
  );
  return [
    keyOf(userName || user, pageName || page),
    { length, mute: { number, untilMs }, marks: new Map(vector) },
  ];
}

describe('follows of several regions', () => {
  const regions = new Map<Name, Known>();
  beforeAll(async () => {
    for (const name of NAMES) {
      const stores = await openStores({ region: name });
      const nothing = { redis: [], model: new Map() };
      regions.set(name, { name, stores, model: new Map(), saved: nothing });
    }
  });
  afterAll(async () => {
    for (const { stores } of regions.values()) await stores.close();
  });
  beforeEach(() => begin(PART_BOUNDS.rowsMax));

  const at = (name: Name): Known => {
    const region = regions.get(name);
    if (!region) throw new Error(`no region ${name}`);
    return region;
  };
  async function begin(rowsMax: number): Promise<void> {
    for (const region of regions.values()) {
      await forget(region);
      region.saved = { redis: [], model: new Map() };
      Object.assign(region.stores.partBounds, { rowsMax, recordsMax: rowsMax });
    }
  }
  /** Nothing is left, and it is known that no follow of anybody has ended. */
  async function forget(region: Known): Promise<void> {
    const { redis } = region.stores;
    await redis.flushall();
    for (const user of USERS) await redis.hset(endedKey(0), shortName(user).key, 0);
    region.model = new Map();
  }
  /** F3: how many of a user's follows have ended, as it is kept and as it is; null: it is not kept. */
  async function ended({ stores: { redis } }: Known, user: ViewerId): Promise<[unknown, unknown]> {
    const { key } = shortName(user);
    const kept = await redis.hget(endedKey(0), key);
    const rows = await redis.hvals(followsKey(0, key));
    const are = rows.filter((text) => Number.parseInt(text, 10) % 2 === 0).length;
    return [kept === null ? null : Number(kept), kept === null ? null : are];
  }
  async function change(name: Name, user: ViewerId, one: FollowChange): Promise<void> {
    const region = at(name);
    await region.stores.follows.change(user, [one]);
    const key = keyOf(user, one.pageId);
    region.model = joined(region.model, key, deltaOf(region.model.get(key) ?? NEVER_FOLLOWED, one));
  }
  async function take(by: Known, of: Name, { part, under }: AskedPart): Promise<void> {
    const { verdict } = await by.stores.regions.merge(of, part, under);
    if (verdict === 'need') return;
    for (const row of part.state.follows) by.model = joined(by.model, ...ofRow(part.state, row));
  }
  const meet = (by: Name, of: Name, chain: boolean): boolean =>
    by !== of && !(chain && by !== 'fra' && of !== 'fra');
  async function pullAll(chain: boolean): Promise<void> {
    for (let round = 0; round < (chain ? 4 : 2); round += 1) {
      for (const by of NAMES) {
        for (const of of NAMES) {
          if (!meet(by, of, chain)) continue;
          await pull(at(by), at(of));
          for (const [key, held] of at(of).model) at(by).model = joined(at(by).model, key, held);
        }
      }
    }
  }
  /** What users are shown, from Redis and from the model. */
  const shown = async (name: Name): Promise<[string, Follow][]> => {
    const all = await Promise.all(
      USERS.map(async (user) =>
        [...(await at(name).stores.follows.all(user))].map(
          ([page, held]) => [keyOf(user, page), held] as [string, Follow],
        ),
      ),
    );
    return all.flat().sort(([left], [right]) => (left < right ? -1 : 1));
  };
  const modelled = (name: Name): [string, Follow][] =>
    [...at(name).model]
      .filter(([, held]) => isFollowed(held))
      .sort(([left], [right]) => (left < right ? -1 : 1));

  const page = fc.constantFrom<PageId>(...PAGES);
  const vector: fc.Arbitrary<VersionVector> = fc
    .array(fc.tuple(fc.constantFrom(...WRITERS), fc.integer({ min: 1, max: 9 })), { maxLength: 3 })
    .map((entries) => new Map(entries));
  const changes: fc.Arbitrary<FollowChange> = fc.oneof(
    fc.record({ kind: fc.constant('follow' as const), pageId: page, made: vector }),
    fc.record({ kind: fc.constant('unfollow' as const), pageId: page }),
    fc.record({ kind: fc.constant('mark' as const), pageId: page, read: vector }),
    fc.record({ kind: fc.constant('mute' as const), pageId: page, untilMs: fc.nat(3) }),
  );
  const region = fc.constantFrom<Name>(...NAMES);
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        does: fc.constant('change' as const),
        region,
        user: fc.constantFrom(...USERS),
        change: changes,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        does: fc.constant('read' as const),
        region,
        of: region,
        goOn: fc.boolean(),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant('take' as const),
        which: fc.nat(20),
        keep: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ does: fc.constantFrom('save', 'rollBack', 'flush' as const), region }),
    },
  );

  it('come to the same and the right thing in random histories', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.boolean(),
        fc.boolean(),
        async (steps, chain, small) => {
          await begin(small ? 1 : PART_BOUNDS.rowsMax);
          const cursors = new Map<string, string | null>();
          const parts: (AskedPart & { by: Name; of: Name })[] = [];
          for (const one of steps) {
            if (one.does === 'change') await change(one.region, one.user, one.change);
            else if (one.does === 'read' && meet(one.region, one.of, chain)) {
              const { region: by, of } = one;
              const cursor = one.goOn ? (cursors.get(`${by} ${of}`) ?? null) : null;
              const asked = await ask(at(by), at(of), 0, cursor);
              cursors.set(`${by} ${of}`, asked.part.cursor);
              parts.push({ by, of, ...asked });
            } else if (one.does === 'take' && parts.length > 0) {
              const which = one.which % parts.length;
              const part = parts[which];
              if (part) await take(at(part.by), part.of, part);
              if (!one.keep) parts.splice(which, 1);
            } else if (one.does === 'save') {
              const { stores, model } = at(one.region);
              at(one.region).saved = { redis: await stores.snapshot(), model };
            } else if (one.does === 'rollBack') {
              const { stores, saved } = at(one.region);
              await stores.rollBackTo(saved.redis);
              at(one.region).model = saved.model;
            } else if (one.does === 'flush') await forget(at(one.region));
          }
          for (const name of NAMES) expect(await shown(name)).toEqual(modelled(name));
          const before = NAMES.flatMap((name) => [...at(name).model]);
          await pullAll(chain);
          const [truth] = await Promise.all(NAMES.map(shown));
          for (const name of NAMES) {
            expect([name, await shown(name)]).toEqual([name, truth]);
            for (const user of USERS) {
              const [kept, are] = await ended(at(name), user);
              expect(kept).toBe(are);
            }
            expect(modelled(name)).toEqual(truth);
            for (const [key, held] of before) {
              expect(holdsFollow(at(name).model.get(key) ?? NEVER_FOLLOWED, held)).toBe(true);
            }
          }
        },
      ),
      { numRuns: runs(100) },
    );
  }, 120_000);

  it('come as whole state, page after page, however many there are', async () => {
    const [user = USERS[0], ...others] = Array.from({ length: 5 }, (_, nth) =>
      orThrow(parseViewerId(`user ${nth}`)),
    );
    if (!user) throw new Error('there is a user');
    const pages = Array.from({ length: 1500 }, (_, nth) => orThrow(parsePageId(`p${nth}`)));
    const follows = pages.map((pageId): FollowChange => ({
      kind: 'follow',
      pageId,
      made: new Map(),
    }));
    await at('ams').stores.follows.change(user, follows);
    for (const other of others) await at('ams').stores.follows.change(other, follows.slice(0, 200));
    const parts = await pull(at('fra'), at('ams'));
    for (const { state } of parts) expect(state.follows.length).toBeLessThan(1100);
    expect((await at('fra').stores.follows.all(user)).size).toBe(1500);
    for (const other of others) expect((await at('fra').stores.follows.all(other)).size).toBe(200);
    // What has changed since comes as an interval.
    await at('ams').stores.follows.change(
      user,
      follows.slice(0, 1).map(({ pageId }) => ({ kind: 'unfollow', pageId })),
    );
    const changed = await pull(at('fra'), at('ams'));
    expect(changed.map(({ from, state }) => [from !== null, state.follows.length])).toEqual([
      [true, 1],
    ]);
  });

  it('are passed on once, and not back and forth for ever', async () => {
    const [user] = USERS;
    const [pageId] = PAGES;
    if (!user || !pageId) throw new Error('there are both');
    await at('ams').stores.follows.change(user, [{ kind: 'follow', pageId, made: new Map() }]);
    await pullAll(false);
    const revs = async (): Promise<(string | null)[]> =>
      Promise.all(NAMES.map((name) => at(name).stores.redis.hget('hc:{0}:meta', 'rev')));
    const before = await revs();
    await pullAll(false);
    expect(await revs()).toEqual(before);
  });
});
