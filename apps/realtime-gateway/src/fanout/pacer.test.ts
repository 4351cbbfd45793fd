import { Pacer } from './pacer.js';

describe('Pacer', () => {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const pacer = (): Pacer => new Pacer({ writesPerSecond: 1000, tickMs: 100, clock });

  it('leaves everybody at the shortest pause while the budget suffices', () => {
    const small = { size: 10 };
    expect(pacer().pauseOf(small)).toBe(100);
  });

  it('lets a large audience wait once it is known, and a small one not', () => {
    const made = pacer();
    const [large, small] = [{ size: 1000 }, { size: 10 }];
    made.pauseOf(large);
    made.pauseOf(small);
    clock.nowMs += 1000;
    expect(made.pauseOf(small)).toBe(100);
    expect(made.pauseOf(large)).toBeCloseTo(1_000_000 / 900);
  });

  it('gives the share of who has nothing to show any more to the others', () => {
    const made = pacer();
    const [one, other] = [{ size: 1000 }, { size: 1000 }];
    made.pauseOf(one);
    made.pauseOf(other);
    clock.nowMs += 1000;
    expect(made.pauseOf(one)).toBeCloseTo(2000);
    clock.nowMs += 5000;
    expect(made.pauseOf(one)).toBeCloseTo(1000);
    made.forget(one);
    expect(made.pauseOf(one)).toBe(100);
  });
});
