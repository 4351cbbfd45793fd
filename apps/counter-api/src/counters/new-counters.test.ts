/** Goal: a user makes no more new counters within a window than it may, however many writes are under way at once. */
import type { NewRefusal } from '@headcount/counter-store';
import { NewCounters } from './new-counters.js';

const ANN = 'viewer ann';

describe('new counters of a user', () => {
  let nowMs = 0;
  let counters: NewCounters;
  beforeEach(() => {
    nowMs = 0;
    counters = new NewCounters(
      { NEW_COUNTERS_PER_CALLER: { limit: 3, windowSeconds: 60 } },
      { monotonicMs: () => nowMs },
    );
  });

  /** The store: answers each write in its time. */
  const written = async (isNew: boolean, ifNew: NewRefusal | null) => {
    await Promise.resolve();
    if (isNew && ifNew !== null) return { ok: false, error: ifNew } as const;
    return { ok: true, value: isNew ? { isNew } : {} } as const;
  };
  const make = (isNew: boolean, maker: string | null = ANN) =>
    counters
      .within(maker, (ifNew) => written(isNew, ifNew))
      .then(
        ({ ok }) => (ok ? 'made' : 'refused'),
        (thrown: { code: string; retryAfterSeconds: number }) =>
          `${thrown.code} ${thrown.retryAfterSeconds}`,
      );

  it('are counted, what is not new is not', async () => {
    for (const isNew of [true, false, false, true, true]) expect(await make(isNew)).toBe('made');
    expect(await make(true)).toMatch(/^TOO_MANY_COUNTERS 6\d$/);
    expect(await make(false)).toBe('made');
    expect(await make(true, 'viewer bob')).toBe('made');
    nowMs += 65_001;
    expect(await make(true)).toBe('made');
  });

  it('are not counted of whoever may make as many as it likes', async () => {
    for (let made = 0; made < 10; made += 1) expect(await make(true, null)).toBe('made');
  });

  it('are no more when all are asked for at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => make(true)));
    expect(answers.filter((answer) => answer === 'made')).toHaveLength(3);
    expect(answers.filter((answer) => /^TOO_MANY_COUNTERS \d+$/.test(answer))).toHaveLength(7);
  });

  it('get their places back from writes that made nothing, or failed', async () => {
    await Promise.all(Array.from({ length: 10 }, () => make(false)));
    const failed = counters.within(ANN, () => Promise.reject(new Error('away')));
    await expect(failed).rejects.toThrow('away');
    const answers = await Promise.all(Array.from({ length: 3 }, () => make(true)));
    expect(answers).toEqual(['made', 'made', 'made']);
  });
});
