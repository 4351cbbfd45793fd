/** Goal: the budget is kept, small audiences first. Method: properties over random audiences, and a few by hand. */
import fc from 'fast-check';
import { ticksOf } from './share-budget.js';

const TICK_MS = 100;
const rateOf = (audiences: readonly number[], ticks: readonly number[]): number =>
  audiences.reduce((sum, audience, at) => sum + (audience * 1000) / (ticks[at] ?? TICK_MS), 0);

describe('the shares of a budget', () => {
  it('leave everybody at the shortest pause while there is enough', () => {
    expect(ticksOf([10, 1000], { writesPerSecond: 50_000, tickMs: TICK_MS })).toEqual([100, 100]);
  });

  it('let the large ones wait, and not the small ones', () => {
    expect(ticksOf([10_000, 10], { writesPerSecond: 50_000, tickMs: TICK_MS })).toEqual([
      10_000_000 / 49_900,
      100,
    ]);
  });

  it('never pass the budget, shorten no pause, and are ordered as the audiences', () => {
    const audiences = fc.array(fc.nat({ max: 20_000 }), { maxLength: 50 });
    const budget = fc.integer({ min: 1, max: 200_000 });
    fc.assert(
      fc.property(audiences, budget, (all, writesPerSecond) => {
        const ticks = ticksOf(all, { writesPerSecond, tickMs: TICK_MS });
        const wanted = rateOf(
          all,
          all.map(() => TICK_MS),
        );
        const rate = rateOf(all, ticks);
        expect(rate).toBeLessThanOrEqual(Math.min(wanted, writesPerSecond) * (1 + 1e-9));
        expect(rate).toBeGreaterThanOrEqual(Math.min(wanted, writesPerSecond) * (1 - 1e-9));
        const pairs = all.map((audience, at) => [audience, ticks[at] ?? 0] as const);
        pairs.sort(([left], [right]) => left - right);
        for (const [at, [, tick]] of pairs.entries())
          expect(tick).toBeGreaterThanOrEqual((pairs[at - 1]?.[1] ?? TICK_MS) * (1 - 1e-9));
      }),
    );
  });
});
