/** The batcher against a store that answers as the test says: numbers, repeats, deadlines. */
import type { Batch, CounterStore } from './counter.store.js';
import { IncrementBatcher, type BatchTimers } from './increment-batcher.js';
import type { BatchAdded } from './scripts/counters-add.js';

const VIEW = { viewers: 0, connections: 0, durable: 1, updatedAtMs: null };
const answerTo = (batch: Batch): BatchAdded => ({
  again: false,
  position: { incarnation: 'i', seq: 1, rev: 1 },
  staleRegions: [],
  replid: '',
  added: batch.additions.map(() => ({ outcome: 'added', view: VIEW })),
});

/** A store whose answers the test gives, and timers that the test moves. */
function harness(deadlineMs = 1000, buckets = 1) {
  const sent: { batch: Batch; answer: (added: BatchAdded) => void; fail: () => void }[] = [];
  const timers: { atMs: number; task: () => void }[] = [];
  let nowMs = 0;
  let ready = true;
  const unused = () => Promise.reject(new Error('not part of this test'));
  const store: CounterStore = {
    seenIncarnation: () => 'i',
    add: (batch) =>
      new Promise((answer, reject) =>
        sent.push({ batch, answer, fail: () => reject(new Error('lost')) }),
      ),
    read: unused,
    since: unused,
    compare: unused,
  };
  const clock: BatchTimers = {
    nowMs: () => nowMs,
    afterTurn: (task) => void timers.push({ atMs: nowMs, task }),
    afterMs: (task, ms) => void timers.push({ atMs: nowMs + ms, task }),
  };
  const batcher = new IncrementBatcher({
    store,
    isReady: () => ready,
    instance: 'me',
    buckets,
    deadlineMs,
    timers: clock,
  });
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const passMs = async (ms: number) => {
    const endMs = nowMs + ms;
    for (;;) {
      await settle();
      const due = timers
        .filter(({ atMs }) => atMs <= endMs)
        .sort((left, right) => left.atMs - right.atMs)[0];
      if (!due) break;
      timers.splice(timers.indexOf(due), 1);
      nowMs = Math.max(nowMs, due.atMs);
      due.task();
    }
    nowMs = endMs;
  };
  return {
    batcher,
    sent,
    passMs,
    timers,
    setReady: (to: boolean) => {
      ready = to;
    },
  };
}
const one = { pageId: 'home', name: 'likes', amount: 1, operationId: null };

describe('increment batcher', () => {
  it('sends what arrives in one turn as one batch, and what comes meanwhile as the next', async () => {
    const { batcher, sent, passMs } = harness();
    const results = [batcher.add(one), batcher.add(one)];
    await passMs(0);
    results.push(batcher.add(one));
    await passMs(0);
    expect(sent.map(({ batch }) => [batch.number, batch.additions.length])).toEqual([[1, 2]]);
    sent[0]?.answer(answerTo(sent[0].batch));
    await passMs(0);
    expect(sent.map(({ batch }) => [batch.number, batch.additions.length])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    sent[1]?.answer(answerTo(sent[1].batch));
    expect((await Promise.all(results)).every(({ ok }) => ok)).toBe(true);
  });

  it('sends what arrives for several buckets in one turn in one task, so that the store may make one call of it', async () => {
    const { batcher, sent, timers } = harness(1000, 1024);
    for (const pageId of ['a', 'b', 'c']) void batcher.add({ ...one, pageId });
    expect(timers).toHaveLength(1);
    timers[0]?.task();
    expect(new Set(sent.map(({ batch }) => batch.bucket)).size).toBe(3);
  });

  it('answers who asks for no more as soon as Redis has the batch, and the others when it is durable', async () => {
    const { batcher, sent, passMs } = harness();
    let answered = 0;
    const [atOnce, durable] = [batcher.add({ ...one, atOnce: true }), batcher.add(one)];
    void durable.then(() => (answered += 1));
    await passMs(0);
    const [sending] = sent;
    sending?.batch.onAnswer?.(answerTo(sending.batch));
    expect((await atOnce).ok).toBe(true);
    expect(answered).toBe(0);
    sending?.answer(answerTo(sending.batch));
    expect((await durable).ok).toBe(true);
  });

  it('sends a batch again, with its number and content, when the answer is lost', async () => {
    const { batcher, sent, passMs } = harness();
    const result = batcher.add(one);
    await passMs(0);
    sent[0]?.fail();
    await passMs(100);
    expect(sent[1]?.batch).toEqual({ ...sent[0]?.batch, sentUnder: 'i' });
    sent[1]?.answer(answerTo(sent[1].batch));
    expect((await result).ok).toBe(true);
  });

  it('says that the outcome is unknown when no answer came by the deadline, and goes on with the next number', async () => {
    const { batcher, sent, passMs } = harness(200);
    const result = batcher.add(one);
    await passMs(0);
    sent[0]?.fail();
    await passMs(100);
    sent[1]?.fail();
    await passMs(400);
    sent[2]?.fail();
    await passMs(400);
    expect(await result).toEqual({ ok: false, error: 'OUTCOME_UNKNOWN' });
    void batcher.add(one);
    await passMs(0);
    expect(sent.at(-1)?.batch.number).toBe(2);
  });

  it('says that the store is unavailable, which is safe to repeat, when nothing was sent by the deadline', async () => {
    const { batcher, sent, passMs, setReady } = harness(200);
    setReady(false);
    const result = batcher.add(one);
    await passMs(1000);
    expect(await result).toEqual({ ok: false, error: 'STORE_UNAVAILABLE' });
    expect(sent).toHaveLength(0);
  });
});
