import { Pacer, type Audience } from './pacer.js';

describe('Pacer', () => {
  let nowMs = 0;
  const pacer = (): Pacer => new Pacer({ writesPerSecond: 1000, tickMs: 100 });

  const audience = (size: number): Audience => ({ size, pace: null });

  it('leaves everybody at the shortest pause while the budget suffices', () => {
    const small = audience(10);
    expect(pacer().pauseOf(small, nowMs)).toBe(100);
  });

  it('lets a large audience wait once it is known, and a small one not', () => {
    const made = pacer();
    const [large, small] = [audience(1000), audience(10)];
    made.pauseOf(large, nowMs);
    made.pauseOf(small, nowMs);
    nowMs += 1000;
    expect(made.pauseOf(small, nowMs)).toBe(100);
    expect(made.pauseOf(large, nowMs)).toBeCloseTo(1_000_000 / 900);
  });

  it('gives the share of who has nothing to show any more to the others', () => {
    const made = pacer();
    const [one, other] = [audience(1000), audience(1000)];
    made.pauseOf(one, nowMs);
    made.pauseOf(other, nowMs);
    nowMs += 1000;
    expect(made.pauseOf(one, nowMs)).toBeCloseTo(2000);
    nowMs += 5000;
    expect(made.pauseOf(one, nowMs)).toBeCloseTo(1000);
    made.forget(one);
    expect(made.pauseOf(one, nowMs)).toBe(100);
  });
});
