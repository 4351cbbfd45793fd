/**
 * region-votes, region-since and region-merge: what regions tell each other of votes.
 *
 * Goal    the scripts join votes as libs/crdt does, lose none that a region that remembers has, come to the same, and count in
 *         each region just the voters that it holds.
 * Method  three regions with a Redis each, and beside each what the pure register says it holds. Voters wish anything anywhere;
 *         parts are read at one time and taken at another, twice or not at all; regions forget. In a chain ams and sin never
 *         meet. Then everyone pulls from everyone until nothing moves.
 */
import fc from 'fast-check';
import {
  NEVER_VOTED,
  castVote,
  hasVoted,
  holdsVote,
  joinVotes,
  takeBackVote,
  type Vote,
} from '@headcount/crdt';
import { orThrow, parseCounterName, parsePageId, parseViewerId } from '@headcount/protocol';
import { shortName } from './keys.js';
import { PART_BOUNDS } from './region-reader.js';
import { ask, pull, type AskedPart, type Region } from './testing/pull.js';
import { openStores, type Snapshot } from './testing/store-harness.js';
import type { VoteChange } from './vote.store.js';

const NAMES = ['ams', 'fra', 'sin'] as const;
type Name = (typeof NAMES)[number];
const VOTERS = ['ann', 'ä'.repeat(40)].map((id) => orThrow(parseViewerId(id)));
const PAGES = ['home', 'x'.repeat(80)].map((id) => orThrow(parsePageId(id)));
const POLL = orThrow(parseCounterName('poll'));
const CHOICES = ['', 'red', 'blue'] as const;

/** What the pure register says that a region holds: page and voter -> vote. */
type Model = ReadonlyMap<string, Vote>;

interface Known extends Region {
  readonly name: Name;
  model: Model;
  saved: { readonly redis: Snapshot; readonly model: Model };
}

const keyOf = (page: string, voter: string): string => `${page} ${shortName(voter).key}`;

function joined(model: Model, key: string, vote: Vote): Model {
  return new Map(model).set(key, joinVotes(model.get(key) ?? NEVER_VOTED, vote));
}

function deltaOf(held: Vote, { wish }: VoteChange): Vote {
  const delta = wish === 'take back' ? takeBackVote(held) : castVote(held, wish.choice);
  if (!delta.ok) throw new Error('refused, though within the bound');
  return delta.value;
}

describe('votes of several regions', () => {
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
      await region.stores.redis.flushall();
      region.model = new Map();
      region.saved = { redis: [], model: new Map() };
      Object.assign(region.stores.partBounds, { rowsMax, recordsMax: rowsMax });
    }
  }
  async function change(name: Name, one: VoteChange): Promise<void> {
    const region = at(name);
    await region.stores.votes.change(0, [one]);
    const key = keyOf(one.pageId, one.voter);
    region.model = joined(region.model, key, deltaOf(region.model.get(key) ?? NEVER_VOTED, one));
  }
  async function take(by: Known, of: Name, { part, under }: AskedPart): Promise<void> {
    const { verdict } = await by.stores.regions.merge(of, part, under);
    if (verdict === 'need') return;
    for (const [key, fullName, , votes] of part.state.votes) {
      const [page = ''] = (fullName || key).split(' ');
      for (const [voter, length, choice] of votes)
        by.model = joined(by.model, `${page} ${voter}`, { length, choice });
    }
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
  /** Every vote, from Redis. */
  const held = async (name: Name): Promise<[string, Vote][]> => {
    const asks = PAGES.flatMap((pageId) => VOTERS.map((voter) => ({ pageId, voter })));
    return Promise.all(
      asks.map(async ({ pageId, voter }) => {
        const { vote } = await at(name).stores.votes.read({ pageId, name: POLL, voter });
        return [keyOf(pageId, voter), vote] as [string, Vote];
      }),
    );
  };
  const modelled = (name: Name): [string, Vote][] =>
    PAGES.flatMap((page) =>
      VOTERS.map((voter): [string, Vote] => {
        const key = keyOf(page, voter);
        return [key, at(name).model.get(key) ?? NEVER_VOTED];
      }),
    );
  const names = CHOICES.map((choice) => (choice === '' ? 'poll' : `poll:${choice}`));
  /** What the counters of a page show in Redis, and how many the model has. */
  const counted = async (name: Name, pageId: string): Promise<number[]> => {
    const counters = names.map((one) => ({ pageId, name: one }));
    return (await at(name).stores.counters.read(0, counters)).views.map(({ durable }) => durable);
  };
  const sums = (name: Name, pageId: string): number[] => {
    const votes = [...at(name).model].filter(([key]) => key.startsWith(`${pageId} `));
    const cast = votes.map(([, vote]) => vote).filter(hasVoted);
    return CHOICES.map((one) => cast.filter(({ choice }) => one === '' || choice === one).length);
  };
  async function expectRight(name: Name): Promise<void> {
    expect([name, await held(name)]).toEqual([name, modelled(name)]);
    for (const page of PAGES) expect(await counted(name, page)).toEqual(sums(name, page));
    const audited = await at(name).stores.upkeep.audit(0, [], 0);
    expect(audited?.differences).toEqual([]);
  }

  const region = fc.constantFrom<Name>(...NAMES);
  const wishes: fc.Arbitrary<VoteChange> = fc.record({
    pageId: fc.constantFrom(...PAGES),
    name: fc.constant(POLL),
    voter: fc.constantFrom(...VOTERS),
    wish: fc.oneof(
      fc.record({ choice: fc.constantFrom(...CHOICES) }),
      fc.constant('take back' as const),
    ),
  });
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ does: fc.constant('change' as const), region, change: wishes }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        ...{ does: fc.constant('read' as const), region, of: region },
        goOn: fc.boolean(),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        ...{ does: fc.constant('take' as const), which: fc.nat(20) },
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
            if (one.does === 'change') await change(one.region, one.change);
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
            } else if (one.does === 'flush') {
              await at(one.region).stores.redis.flushall();
              at(one.region).model = new Map();
            }
          }
          for (const name of NAMES) await expectRight(name);
          const before = NAMES.flatMap((name) => [...at(name).model]);
          await pullAll(chain);
          const truth = modelled('fra');
          for (const name of NAMES) {
            await expectRight(name);
            expect([name, modelled(name)]).toEqual([name, truth]);
            for (const [key, vote] of before)
              expect(holdsVote(at(name).model.get(key) ?? NEVER_VOTED, vote)).toBe(true);
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it('count once who has voted in both, and are as one of them has it who was parted', async () => {
    const [pageId = orThrow(parsePageId('home'))] = PAGES;
    const wish = (who: string, choice: string | null): VoteChange => ({
      ...{ pageId, name: POLL, voter: orThrow(parseViewerId(who)) },
      wish: choice === null ? 'take back' : { choice },
    });
    await change('ams', wish('cy', 'red'));
    await pullAll(false);
    await change('ams', wish('ann', 'red'));
    await change('fra', wish('ann', 'red'));
    // Of two at once the choice that is last; of one that is changed and one that is taken back the change, which is two.
    await change('ams', wish('bob', 'blue'));
    await change('fra', wish('bob', 'red'));
    await change('ams', wish('cy', null));
    await change('fra', wish('cy', 'blue'));
    await pullAll(false);
    for (const name of NAMES) expect(await counted(name, pageId)).toEqual([3, 2, 1]);
  });

  it.each([
    ['in few parts', PART_BOUNDS.rowsMax],
    ['in as many as can be', 1],
  ])('come as whole state %s, however many there are', async (_, rowsMax) => {
    await begin(rowsMax);
    const voters = Array.from({ length: 700 }, (_each, nth) => orThrow(parseViewerId(`v${nth}`)));
    const cast = (page: string, choice: string, who = voters): VoteChange[] =>
      who.map((voter) => ({
        ...{ pageId: orThrow(parsePageId(page)), name: POLL, voter, wish: { choice } },
      }));
    const few = voters.slice(0, 3);
    await at('ams').stores.votes.change(0, cast('home', ''));
    const pages = Array.from({ length: 60 }, (_each, nth) => `p${nth}`);
    for (const page of pages) await at('ams').stores.votes.change(0, cast(page, 'red', few));
    const parts = await pull(at('fra'), at('ams'));
    for (const { state } of parts) {
      const told = state.votes.reduce((sum, [, , , votes]) => sum + votes.length, 0);
      expect(told).toBeLessThan(PART_BOUNDS.rowsMax + 150);
    }
    expect(await counted('fra', 'home')).toEqual([700, 0, 0]);
    for (const page of pages) expect(await counted('fra', page)).toEqual([3, 3, 0]);
    // What has changed since comes as an interval.
    const [one] = cast('home', 'blue');
    if (one) await at('ams').stores.votes.change(0, [one]);
    const changed = await pull(at('fra'), at('ams'));
    expect(changed.every(({ from }) => from !== null)).toBe(true);
    expect(changed.flatMap(({ state }) => state.votes)).toEqual([
      ['home poll', '', [], [['v0', 3, 'blue']]],
    ]);
    expect(await counted('fra', 'home')).toEqual([700, 0, 1]);
  });

  it('are passed on once, and not back and forth for ever', async () => {
    const [pageId] = PAGES;
    const [voter] = VOTERS;
    if (!voter || !pageId) throw new Error('there are both');
    await change('ams', { pageId, name: POLL, voter, wish: { choice: 'red' } });
    await pullAll(false);
    const revs = async (): Promise<(string | null)[]> =>
      Promise.all(NAMES.map((name) => at(name).stores.redis.hget('hc:{0}:meta', 'rev')));
    const before = await revs();
    await pullAll(false);
    expect(await revs()).toEqual(before);
  });

  it('are covered by the vector once they are there', async () => {
    const [pageId] = PAGES;
    const [voter] = VOTERS;
    if (!voter || !pageId) throw new Error('there are both');
    await change('ams', { pageId, name: POLL, voter, wish: { choice: 'red' } });
    const { position } = await at('ams').stores.regions.standing(0);
    await change('ams', { pageId, name: POLL, voter, wish: 'take back' });
    const later = await at('ams').stores.regions.standing(0);
    expect(later.position.seq).toBeGreaterThan(position.seq);
    await pull(at('fra'), at('ams'));
    const { vector } = await at('fra').stores.regions.standing(0);
    expect(vector).toContainEqual(['ams', later.position.incarnation, later.position.seq]);
  });
});
