import fc from 'fast-check';
import { itObeysJoinLaws } from './join-laws.js';

const maximum = (left: number, right: number): number => Math.max(left, right);

describe('itObeysJoinLaws', () => {
  describe('passes the larger of two numbers', () => {
    itObeysJoinLaws(fc.integer(), maximum);
  });

  describe('passes the union of two sets, where order of insertion does not count', () => {
    const sets = fc.array(fc.nat(9)).map((items): ReadonlySet<number> => new Set(items));
    itObeysJoinLaws(sets, (left, right) => new Set([...left, ...right]));
  });

  describe('takes another notion of "the same"', () => {
    const words = fc.constantFrom('a', 'A');
    itObeysJoinLaws(
      words,
      (left) => left,
      (left, right) => left.toLowerCase() === right.toLowerCase(),
    );
  });

  it.each([
    ['commutative', (left: number[]) => left],
    ['associative', (left: number[], right: number[]) => [((left[0] ?? 0) + (right[0] ?? 0)) / 2]],
    ['idempotent', (left: number[], right: number[]) => [(left[0] ?? 0) + (right[0] ?? 0)]],
    [
      'as they were',
      (left: number[], right: number[]) => left.fill(Math.max(left[0] ?? 0, right[0] ?? 0)),
    ],
  ])('fails a join that is not %s', (law, join) => {
    const oneNumber = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 1 });
    expect(lawNamed(law, () => itObeysJoinLaws(oneNumber, join))).toThrow(/Property failed/);
  });
});

/** The body of the test named like `law`, among those that `declare` declares. */
function lawNamed(law: string, declare: () => void): () => void {
  const bodies = new Map<string, () => void>();
  const it = jest.spyOn(globalThis, 'it').mockImplementation((name, body) => {
    bodies.set(String(name), body as () => void);
  });
  declare();
  it.mockRestore();
  const found = [...bodies].find(([name]) => name.includes(law));
  if (found === undefined) throw new Error(`No law is named like ${law}`);
  return found[1];
}
