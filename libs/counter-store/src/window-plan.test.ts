import fc from 'fast-check';
import { SLOT_LENGTHS, seriesPlan, windowPlan, type SlotPlan } from './window-plan.js';

const NOW_MS = 1_700_000_000_000;

/** The bounds of all slots of a plan, in seconds, in their order. */
const slotsOf = ({ ranges }: SlotPlan): (readonly [from: number, to: number])[] =>
  ranges.flatMap(({ kind, first, last }) => {
    const length = SLOT_LENGTHS[kind];
    return Array.from(
      { length: last - first + 1 },
      (_, at) => [(first + at) * length, (first + at + 1) * length] as const,
    );
  });

describe('the slots of a window', () => {
  it('follow on each other and reach from as far as was asked for, a slot more at most, to the present', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 * 86_400 }),
        fc.integer({ min: NOW_MS, max: NOW_MS + 86_400_000 }),
        (windowSeconds, nowMs) => {
          const plan = windowPlan(windowSeconds, nowMs);
          const slots = slotsOf(plan);
          slots.forEach(([from], at) => {
            if (at > 0) expect(from).toBe(slots[at - 1]?.[1]);
          });
          expect((slots[0]?.[0] ?? 0) * 1000).toBe(plan.fromMs);
          const finest = windowSeconds <= 3600 ? 10 : windowSeconds <= 86_400 ? 60 : 3600;
          const begunMs = nowMs - windowSeconds * 1000;
          expect(plan.fromMs).toBeLessThanOrEqual(begunMs);
          expect(plan.fromMs).toBeGreaterThan(begunMs - 2 * finest * 1000);
          const end = slots.at(-1)?.[1] ?? 0;
          expect(end * 1000).toBeGreaterThan(nowMs);
          expect(end * 1000).toBeLessThanOrEqual(nowMs + finest * 1000);
          expect(slots.length).toBeLessThanOrEqual(finest === 3600 ? 721 : 150);
        },
      ),
    );
  });

  it('are those of a series, as many as were asked for, the present one the last', () => {
    const { ranges, fromMs } = seriesPlan('m', 3, NOW_MS);
    const present = Math.floor(NOW_MS / 60_000);
    expect(ranges).toEqual([{ kind: 'm', first: present - 2, last: present }]);
    expect(fromMs).toBe((present - 2) * 60_000);
  });
});
