/**
 * Goal    an Idempotency-Key makes a change count once, whatever becomes of the replies.
 * Method  a counter-api of its own process behind a proxy that cuts connections in the middle of replies; clients that send
 *         again what has no answer. HEADCOUNT_E2E_LONG=1 sends 10,000 changes instead of 2,000.
 */
import { seededRandom, startSystem, type System } from '@headcount/testing';
import { likeThroughCuts, type AddOne } from './unreliable-way.js';

const LONG = process.env.HEADCOUNT_E2E_LONG === '1';
const SEED = 20_261_126;

describe('an Idempotency-Key', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ gateways: 0, env: { BUCKETS: '16' } });
  }, 60_000);
  afterAll(() => system.stop());

  it('has every change count once, though replies are cut in the middle', async () => {
    const startMs = performance.now();
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
    const increments = LONG ? 10_000 : 2_000;
    const storm = { pageId: 'keys', increments, cuts: increments / 50, workers: 40 };
    const [api] = system.counterApis;
    const { cuts, failures } = await likeThroughCuts(
      api?.port ?? 0,
      storm,
      seededRandom(SEED),
      addOne,
    );
    process.stdout.write(
      `seed ${SEED}: ${increments} changes in ${Math.round(performance.now() - startMs)} ms, ` +
        `${cuts} connections cut, ${failures} requests sent again, ${replayed} of them had been made\n`,
    );
    expect(cuts).toBe(storm.cuts);
    expect(replayed).toBeGreaterThan(0);
    const shown = await fetch(`${system.apiUrl()}/keys/counters/likes`);
    expect(await shown.json()).toMatchObject({ count: increments });
  }, 120_000);
});
