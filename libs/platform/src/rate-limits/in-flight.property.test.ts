/**
 * Goal    no caller has more in work than the bound (or one request alone), nobody waits without need, order is kept, and nothing is left.
 * Method  random arrivals and ends of two callers, held against what has begun.
 */
import fc from 'fast-check';
import { HeadcountError } from '@headcount/protocol';
import { InFlight } from './in-flight.js';

const WEIGHT_MAX = 10;

interface Begun {
  readonly key: string;
  readonly nth: number;
  readonly weight: number;
}

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('enter' as const),
      key: fc.constantFrom('a', 'b'),
      weight: fc.integer({ min: 1, max: 15 }),
    }),
    fc.record({ kind: fc.constant('leave' as const), place: fc.nat(20) }),
  ),
  { maxLength: 60 },
);

describe('requests in flight', () => {
  it('are bounded for each caller, begin in order and as soon as they fit', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (made) => {
        const inFlight = new InFlight(WEIGHT_MAX);
        const running: Begun[] = [];
        const waiting: Begun[] = [];
        const begunOrder = new Map<string, number[]>();
        const begin = (one: Begun): void => {
          running.push(one);
          begunOrder.set(one.key, [...(begunOrder.get(one.key) ?? []), one.nth]);
        };
        let nth = 0;
        const check = async (): Promise<void> => {
          await new Promise((resolve) => setImmediate(resolve));
          for (const key of ['a', 'b']) {
            const own = running.filter((one) => one.key === key);
            const sum = own.reduce((all, { weight }) => all + weight, 0);
            expect(sum <= WEIGHT_MAX || own.length === 1).toBe(true);
            const next = waiting.find((one) => one.key === key);
            if (next) expect(sum > 0 && sum + next.weight > WEIGHT_MAX).toBe(true);
            const order = begunOrder.get(key) ?? [];
            expect(order).toEqual([...order].sort((left, right) => left - right));
          }
        };
        for (const step of made) {
          if (step.kind === 'enter') {
            const one = { key: step.key, weight: step.weight, nth: nth++ };
            const turn = inFlight.enter(one.key, one.weight);
            if (turn === undefined) begin(one);
            else {
              waiting.push(one);
              void turn.then(() => {
                waiting.splice(waiting.indexOf(one), 1);
                begin(one);
              });
            }
          } else {
            const [one] = running.splice(step.place % Math.max(running.length, 1), 1);
            if (one) inFlight.leave(one.key, one.weight);
          }
          await check();
        }
        while (running.length > 0) {
          const one = running.pop();
          if (one) inFlight.leave(one.key, one.weight);
          await check();
        }
        expect(waiting).toEqual([]);
        expect(inFlight.size).toBe(0);
      }),
    );
  });

  it('refuse where too many of one caller wait, and of that caller alone', () => {
    const inFlight = new InFlight(WEIGHT_MAX, 2);
    expect(inFlight.enter('a', 10)).toBeUndefined();
    void inFlight.enter('a', 10);
    void inFlight.enter('a', 1);
    expect(() => inFlight.enter('a', 1)).toThrow(HeadcountError);
    expect(inFlight.enter('b', 1)).toBeUndefined();
  });
});
