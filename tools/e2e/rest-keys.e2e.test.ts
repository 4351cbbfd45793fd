/**
 * Goal    an Idempotency-Key makes a change count once, whatever becomes of the replies.
 * Method  a counter-api of its own process behind a proxy that cuts connections in the middle of replies; clients that send
 *         again what has no answer. HEADCOUNT_E2E_LONG=1 sends 10,000 changes instead of 1,000.
 */
import { seededRandom, startSystem, type System } from '@headcount/testing';
import { likeThroughCuts, likeWithEveryReplyCut, type AddOne } from './unreliable-way.js';

const LONG = process.env.HEADCOUNT_E2E_LONG === '1';
const SEED = 20_261_126;

describe('an Idempotency-Key', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ gateways: 0, env: { BUCKETS: '16' } });
  }, 60_000);
  afterAll(() => system.stop());

  let replayed = 0;
  const addOne: AddOne = async (url, { pageId, opId }) => {
    const response = await fetch(`${url}/${pageId}/counters/likes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `"${opId}"` },
      body: '{"action":"increment"}',
    });
    if (!response.ok) throw new Error(`answered with ${response.status}`);
    await response.json();
    if (response.headers.get('idempotency-replayed') === 'true') replayed += 1;
  };
  const likes = async (pageId: string): Promise<unknown> =>
    (await fetch(`${system.apiUrl()}/${pageId}/counters/likes`)).json();
  const increments = LONG ? 10_000 : 1_000;
  const port = (): number => system.counterApis[0]?.port ?? 0;
  beforeEach(() => (replayed = 0));

  it('has every change count once, though connections of many are cut in the middle', async () => {
    const storm = { pageId: 'keys', increments, cuts: increments / 50, workers: 40 };
    const { cuts, failures } = await likeThroughCuts(port(), storm, seededRandom(SEED), addOne);
    tell(
      `${cuts} connections cut, ${failures} requests sent again, ${replayed} of them had been made`,
    );
    expect(cuts).toBe(storm.cuts);
    expect(replayed).toBeGreaterThan(0);
    expect(await likes('keys')).toMatchObject({ count: increments });
  }, 120_000);

  it('has every change count once, though the reply to each of them is cut', async () => {
    const storm = { pageId: 'every', increments, workers: 8 };
    const again = await likeWithEveryReplyCut(port(), storm, seededRandom(SEED), addOne);
    tell(`each reply cut, ${again} requests sent again, ${replayed} of them had been made`);
    expect(again).toBeGreaterThanOrEqual(increments);
    expect(replayed).toBe(increments);
    expect(await likes('every')).toMatchObject({ count: increments });
  }, 120_000);

  const tell = (what: string): void =>
    void process.stdout.write(`seed ${SEED}, ${increments} changes: ${what}\n`);
});
