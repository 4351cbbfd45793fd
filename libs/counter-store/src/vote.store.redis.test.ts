/**
 * votes-change and votes-read, in a bucket without peers and in one that has them.
 *
 * Goal    a vote is what the register of libs/crdt says, and counters count voters, each once, however often a wish is sent.
 * Method  a private Redis; examples for each rule and bound, then random wishes beside the pure register. Totals are read
 *         with the counter store, audited, and the packing is read without any script.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import { NEVER_VOTED, castVote, hasVoted, takeBackVote, type Vote } from '@headcount/crdt';
import { orThrow, parseCounterName, parsePageId, parseViewerId } from '@headcount/protocol';
import { decodeChanges } from './changes.js';
import { counterKey } from './keys.js';
import { openStores, type StoreHarness } from './testing/store-harness.js';
import { choiceName, type VoteChange } from './vote.store.js';

const page = (id: string) => orThrow(parsePageId(id));
const voter = (id: string) => orThrow(parseViewerId(id));
const POLL = orThrow(parseCounterName('poll'));
const HOME = page('home');
const LONG = page('x'.repeat(80));
const MOST = Number.MAX_SAFE_INTEGER;

const wish = (who: string, choice: string | null, pageId = HOME): VoteChange => ({
  ...{ pageId, name: POLL, voter: voter(who) },
  wish: choice === null ? 'take back' : { choice },
});

describe.each([
  ['without peers', undefined],
  ['with peers', 'ams'],
])('votes %s', (_, region) => {
  let stores: StoreHarness;
  beforeAll(async () => {
    stores = await openStores({ ...(region && { region }), trended: ['poll', 'poll:red'] });
  });
  beforeEach(() => stores.redis.flushall());
  afterAll(() => stores.close());

  const cast = async (...changes: VoteChange[]) => {
    const { changed } = await stores.votes.change(0, changes);
    return changed.map(({ outcome, vote, view }) => [outcome, vote.choice, view.durable]);
  };
  const counts = async (names: readonly string[], pageId = HOME) => {
    const { views } = await stores.counters.read(
      0,
      names.map((name) => ({ pageId, name })),
    );
    return views.map(({ durable }) => durable);
  };
  const POLLS = ['poll', 'poll:red', 'poll:blue'];
  let batches = 0;
  const add = (name: string, amount: number) =>
    stores.counters.add({
      ...{ bucket: 0, instance: 'i', number: (batches += 1), sentUnder: null },
      additions: [{ pageId: HOME, name, amount, operationId: null }],
    });
  const differences = async () => {
    const shelves = Number((await stores.redis.hget('hc:{0}:meta', 'shelves')) ?? 1);
    const audited = await Promise.all(
      Array.from({ length: shelves }, (_, shelf) => stores.upkeep.audit(0, [], shelf)),
    );
    return audited.flatMap((one): readonly unknown[] => one?.differences ?? ['moved']);
  };
  const votesHeld = async () => {
    const keys = await stores.redis.keys('hc:{0}:votes:*');
    const hashes = await Promise.all(keys.map((key) => stores.redis.hgetall(key)));
    return Object.assign({}, ...hashes) as Record<string, string>;
  };

  it('count each voter once, however often it votes', async () => {
    expect(await cast(wish('ann', ''), wish('ann', ''), wish('bob', ''))).toEqual([
      ['changed', '', 2],
      ['same', '', 2],
      ['changed', '', 2],
    ]);
    expect(await cast(wish('ann', null), wish('ann', null), wish('cy', null))).toEqual([
      ['changed', '', 1],
      ['same', '', 1],
      ['same', '', 1],
    ]);
    expect(await cast(wish('ann', ''))).toEqual([['changed', '', 2]]);
    expect(await counts(['poll'])).toEqual([2]);
    expect(await differences()).toEqual([]);
  });

  it('count each choice, and move when the voter changes its mind', async () => {
    await cast(wish('ann', 'red'), wish('bob', 'red'), wish('cy', 'blue'));
    expect(await counts(POLLS)).toEqual([3, 2, 1]);
    expect(await cast(wish('ann', 'blue'))).toEqual([['changed', 'blue', 3]]);
    expect(await counts(POLLS)).toEqual([3, 1, 2]);
    await cast(wish('bob', null), wish('cy', ''));
    expect(await counts(POLLS)).toEqual([2, 0, 1]);
    expect(await differences()).toEqual([]);
    const { vote, view } = await stores.votes.read({
      ...{ pageId: HOME, name: POLL, voter: voter('ann') },
    });
    expect([hasVoted(vote), vote.choice, view.durable]).toEqual([true, 'blue', 2]);
  });

  it('add up with what is added to the same counters', async () => {
    await add('poll', 5);
    await cast(wish('ann', 'red'));
    await add('poll:red', 7);
    await cast(wish('bob', 'red'), { ...wish('cy', ''), name: choiceName(POLL, 'red') });
    expect(await counts(POLLS)).toEqual([7, 10, 0]);
    expect(await differences()).toEqual([]);
  });

  it('are found again under long names, with the counters of their choices', async () => {
    const who = 'ä'.repeat(60);
    await cast(wish(who, 'red', LONG), wish('bob', 'red', LONG), wish(who, 'blue', LONG));
    expect(await counts(POLLS, LONG)).toEqual([2, 1, 1]);
    const { vote } = await stores.votes.read({ pageId: LONG, name: POLL, voter: voter(who) });
    expect(vote).toEqual({ length: 3, choice: 'blue' });
    const { key, fullName } = counterKey(LONG, 'poll:red');
    expect(await stores.redis.hget('hc:{0}:names', key)).toBe(fullName);
    await cast(wish(who, null, LONG), wish('bob', null, LONG));
    expect(await counts(POLLS, LONG)).toEqual([0, 0, 0]);
    expect(await differences()).toEqual([]);
  });

  it('stay packed however many there are', async () => {
    const names = Array.from({ length: 1000 }, (_, nth) => `voter-${nth}`);
    await cast(...names.map((who) => wish(who, '')));
    expect(await counts(['poll'])).toEqual([1000]);
    const keys = await stores.redis.keys('hc:{0}:votes:home poll:shelf:*');
    expect(keys.length).toBe(Math.ceil(1000 / 48));
    const encodings = await Promise.all(keys.map((key) => stores.redis.object('ENCODING', key)));
    expect(new Set(encodings)).toEqual(new Set(['listpack']));
    expect(Object.keys(await votesHeld()).sort()).toEqual([...names].sort());
    expect(await differences()).toEqual([]);
    await cast(...names.map((who) => wish(who, null)));
    expect(await counts(['poll'])).toEqual([0]);
    // While nobody else can know of them, those taken back leave nothing (E3).
    expect(Object.keys(await votesHeld()).length).toBe(region ? 1000 : 0);
    expect(await stores.redis.hget('hc:{0}:meta', 'votes')).toBe(region ? '1000' : '0');
    expect(await differences()).toEqual([]);
  });

  it('are told to those who watch their counters, at once', async () => {
    const subscriber = stores.redis.duplicate();
    await subscriber.connect();
    await subscriber.subscribe('hc:{0}:changes');
    const heard: string[] = [];
    const told = new Promise<void>((done) => {
      subscriber.on('message', (channel, message) => {
        const { rows } = decodeChanges(channel, message);
        heard.push(...rows.map(({ key, view }) => `${key} ${view.durable}`));
        done();
      });
    });
    await cast(wish('ann', 'red'));
    await told;
    expect(heard).toEqual(['home poll 1', 'home poll:red 1']);
    subscriber.disconnect();
  });

  it('are gains of pages that trend', async () => {
    await cast(wish('ann', 'red'), wish('bob', 'red'), wish('bob', 'blue'));
    const top = (name: string) => stores.trending.top(0, { name, reach: 1, first: 5 });
    expect(await top('poll')).toEqual([{ pageId: 'home', gain: 2 }]);
    expect(await top('poll:red')).toEqual([{ pageId: 'home', gain: 1 }]);
  });

  it('are refused beyond the bound, and change nothing then', async () => {
    await add('poll:red', MOST);
    expect(await cast(wish('ann', 'red'), wish('bob', 'blue'))).toEqual([
      ['OUT_OF_RANGE', '', 1],
      ['changed', 'blue', 1],
    ]);
    expect(await counts(POLLS)).toEqual([1, MOST, 1]);
    expect(await votesHeld()).toEqual({ bob: '1 blue' });
    await stores.redis.hset('hc:{0}:votes:home poll:shelf:0', 'bob', `${MOST} blue`);
    expect(await cast(wish('bob', null), wish('bob', 'red'))).toEqual([
      ['OUT_OF_RANGE', 'blue', 1],
      ['OUT_OF_RANGE', 'blue', 1],
    ]);
    expect(await differences()).toEqual([]);
  });

  it('are what the pure register says, and counters their sum, on random wishes', async () => {
    const step = fc.record({
      who: fc.constantFrom('ann', 'bob', 'cy'),
      choice: fc.constantFrom('', 'red', 'blue', null),
      pageId: fc.constantFrom(HOME, LONG),
      together: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25, size: 'max' }), async (steps) => {
        await stores.redis.flushall();
        const model = new Map<string, Vote>();
        const batch: VoteChange[] = [];
        for (const { who, choice, pageId, together } of steps) {
          const key = `${pageId} ${who}`;
          const held = model.get(key) ?? NEVER_VOTED;
          const made = choice === null ? takeBackVote(held) : castVote(held, choice);
          // What leaves nothing begins anew.
          const isForgotten = !region && made.ok && !hasVoted(made.value);
          if (made.ok) model.set(key, isForgotten ? NEVER_VOTED : made.value);
          batch.push(wish(who, choice, pageId));
          if (!together) await stores.votes.change(0, batch.splice(0));
        }
        await stores.votes.change(0, batch);
        for (const [key, vote] of model) {
          const [id = '', who = ''] = key.split(' ');
          const ask = { pageId: page(id), name: POLL, voter: voter(who) };
          expect((await stores.votes.read(ask)).vote).toEqual(vote);
        }
        for (const pageId of [HOME, LONG]) {
          const voted = [...model].filter(
            ([key, vote]) => key.startsWith(pageId) && hasVoted(vote),
          );
          const chose = (choice: string) => voted.filter(([, vote]) => vote.choice === choice);
          const sums = [voted.length, chose('red').length, chose('blue').length];
          expect(await counts(POLLS, pageId)).toEqual(sums);
        }
        expect(await differences()).toEqual([]);
      }),
      { numRuns: runs(40) },
    );
  }, 30_000);
});
