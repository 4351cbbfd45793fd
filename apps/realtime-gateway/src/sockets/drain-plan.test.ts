import { DRAIN_STEP_MS, drainPlan } from './drain-plan.js';

const sockets = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('drainPlan', () => {
  it('closes a few at once', () => {
    expect(drainPlan(sockets(7), 3000)).toEqual([sockets(7)]);
  });

  it('closes each once, within the time', () => {
    for (const count of [0, 11, 1000, 99_999]) {
      const plan = drainPlan(sockets(count), 3000);
      expect(plan.flat()).toEqual(sockets(count));
      expect(plan.length * DRAIN_STEP_MS).toBeLessThanOrEqual(3000);
    }
  });

  it('closes all at once where there is no time', () => {
    expect(drainPlan(sockets(5000), 0)).toEqual([sockets(5000)]);
  });
});
