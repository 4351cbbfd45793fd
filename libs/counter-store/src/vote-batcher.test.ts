import { NOWHERE } from '@headcount/crdt';
import { orThrow, parseCounterName, parsePageId, parseViewerId } from '@headcount/protocol';
import { BATCH_VOTES_MAX, VoteBatcher, WAITING_VOTES_MAX } from './vote-batcher.js';
import type { VoteChange, VoteStore } from './vote.store.js';

const DEADLINE_MS = 1000;

const wish = (voter: string): VoteChange => ({
  pageId: orThrow(parsePageId('home')),
  name: orThrow(parseCounterName('likes')),
  voter: orThrow(parseViewerId(voter)),
  wish: { choice: '' },
});

/** A batcher on a Redis that the test makes answer or fail, and what was sent. */
function batcherOn() {
  const sent: (readonly VoteChange[])[] = [];
  const redis = { isReady: true, fails: 0, outcome: 'changed' as 'changed' | 'OUT_OF_RANGE' };
  const turns: (() => void)[] = [];
  let nowMs = 0;
  const change: VoteStore['change'] = (_, changes) => {
    sent.push(changes);
    redis.fails -= 1;
    if (redis.fails >= 0) return Promise.reject(new Error('away'));
    return Promise.resolve({
      position: NOWHERE,
      staleRegions: [],
      changed: changes.map((_each, nth) => ({
        outcome: redis.outcome,
        vote: { length: 1, choice: '' },
        view: { viewers: 0, connections: 0, durable: nth + 1, updatedAtMs: null },
      })),
    });
  };
  const batcher = new VoteBatcher({
    ...{ store: { change }, buckets: 1, isReady: () => redis.isReady, deadlineMs: DEADLINE_MS },
    timers: {
      nowMs: () => nowMs,
      afterTurn: (task) => void turns.push(task),
      afterMs: (task, ms) => {
        nowMs += ms;
        task();
      },
    },
  });
  return { batcher, sent, redis, endTurn: () => turns.splice(0).forEach((task) => task()) };
}

describe('the batcher of votes', () => {
  it('sends the votes of one turn together, and answers each', async () => {
    const { batcher, sent, endTurn } = batcherOn();
    const answers = ['ann', 'bob'].map((who) => batcher.change(wish(who)));
    expect(sent).toEqual([]);
    endTurn();
    expect(sent.map((batch) => batch.map(({ voter }) => voter))).toEqual([['ann', 'bob']]);
    const counts = (await Promise.all(answers)).map((each) => each.ok && each.value.view.durable);
    expect(counts).toEqual([1, 2]);
    void batcher.change(wish('cy'));
    endTurn();
    expect(sent.length).toBe(2);
  });

  it('sends no more in one script than it may', async () => {
    const { batcher, sent, endTurn } = batcherOn();
    const voters = Array.from({ length: BATCH_VOTES_MAX + 1 }, (_, nth) => `v${nth}`);
    const answers = voters.map((who) => batcher.change(wish(who)));
    endTurn();
    await Promise.all(answers);
    expect(sent.map(({ length }) => length)).toEqual([BATCH_VOTES_MAX, 1]);
  });

  it('sends again what was not answered, as it may be repeated', async () => {
    const { batcher, sent, redis, endTurn } = batcherOn();
    redis.fails = 3;
    const answer = batcher.change(wish('ann'));
    endTurn();
    expect(await answer).toMatchObject({ ok: true, value: { outcome: 'changed' } });
    expect(sent.length).toBe(4);
  });

  it('says at the deadline whether a vote can have been made (G2)', async () => {
    const { batcher, sent, redis, endTurn } = batcherOn();
    redis.fails = Infinity;
    const failed = batcher.change(wish('ann'));
    endTurn();
    expect(await failed).toEqual({ ok: false, error: 'OUTCOME_UNKNOWN' });
    expect(sent.length).toBe(20);
    redis.isReady = false;
    const away = batcher.change(wish('ann'));
    endTurn();
    expect(await away).toEqual({ ok: false, error: 'STORE_UNAVAILABLE' });
    expect(sent.length).toBe(20);
  });

  it('passes on what Redis refuses', async () => {
    const { batcher, redis, endTurn } = batcherOn();
    redis.outcome = 'OUT_OF_RANGE';
    const refused = batcher.change(wish('ann'));
    endTurn();
    expect(await refused).toEqual({ ok: false, error: 'OUT_OF_RANGE' });
  });

  it('refuses a vote where too many wait', async () => {
    const { batcher, endTurn } = batcherOn();
    const waiting = Array.from({ length: WAITING_VOTES_MAX }, () => batcher.change(wish('ann')));
    expect(await batcher.change(wish('ann'))).toEqual({ ok: false, error: 'STORE_UNAVAILABLE' });
    endTurn();
    await Promise.all(waiting);
    const later = batcher.change(wish('ann'));
    endTurn();
    expect((await later).ok).toBe(true);
  });
});
