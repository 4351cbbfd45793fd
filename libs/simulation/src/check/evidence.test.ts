/** Goal: a gateway that lives may be held for dead after looks in which it was silent, and after nothing else. */
import { Evidence } from './evidence.js';

const PERIOD_MS = 2000;

describe('the evidence against a gateway', () => {
  let nowMs = 0;
  let evidence: Evidence;
  const lookEvery = (ms: number, times: number): void => {
    for (let look = 0; look < times; look += 1) {
      nowMs += ms;
      evidence.looked('api');
    }
  };
  beforeEach(() => {
    nowMs = 0;
    evidence = new Evidence({ periodMs: PERIOD_MS, nowMs: () => nowMs });
    evidence.hears('g');
  });

  it('suffices after looks that have seen it silent', () => {
    lookEvery(PERIOD_MS, 4);
    expect(evidence.condemns('api', 'g')).toEqual([]);
  });

  it('does not where it was heard meanwhile', () => {
    lookEvery(PERIOD_MS, 2);
    nowMs += 1;
    evidence.hears('g');
    lookEvery(PERIOD_MS, 2);
    expect(evidence.condemns('api', 'g')).not.toEqual([]);
  });

  it('suffices where a Redis has lost that it was heard', () => {
    lookEvery(PERIOD_MS, 2);
    nowMs += 1;
    evidence.hears('g');
    evidence.redisForgets();
    lookEvery(PERIOD_MS, 1);
    expect(evidence.condemns('api', 'g')).toEqual([]);
  });

  it('does not where Redis was away, or the looker asleep, however long', () => {
    lookEvery(PERIOD_MS, 2);
    lookEvery(60_000, 1);
    expect(evidence.condemns('api', 'g')).not.toEqual([]);
  });
});
