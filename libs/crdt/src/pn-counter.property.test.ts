import fc from 'fast-check';
import { itObeysJoinLaws } from '@headcount/testing';
import { AssertionError } from './assert.js';
import { UNTOUCHED, add, join, value, type PnCounter } from './pn-counter.js';

const MOST = Number.MAX_SAFE_INTEGER;

interface Change {
  readonly writer: string;
  readonly amount: number;
}

/** Amounts so small that no total can pass the bound, which has tests of its own. */
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ writer: fc.constantFrom('a', 'b', 'c'), amount: fc.integer() }),
  { maxLength: 20 },
);

function deltaOf(counter: PnCounter, { writer, amount }: Change): PnCounter {
  const delta = add(counter, writer, amount);
  if (delta === 'OUT_OF_RANGE') throw new Error(`a total would pass its bound: ${amount}`);
  return delta;
}

/** Delta of each change, made on a state that holds the earlier ones, as P2 demands. */
const deltasOf = (made: readonly Change[]): PnCounter[] =>
  made.reduce<PnCounter[]>(
    (deltas, change) => [...deltas, deltaOf(deltas.reduce(join, UNTOUCHED), change)],
    [],
  );

const deliveries = changes.chain((made) => {
  const twice = [...deltasOf(made), ...deltasOf(made)];
  return fc.tuple(fc.constant(made), fc.shuffledSubarray(twice, { minLength: twice.length }));
});

const sumOf = (made: readonly Change[]): bigint =>
  made.reduce((sum, { amount }) => sum + BigInt(amount), 0n);

describe('PN-counter', () => {
  itObeysJoinLaws(
    changes.map((made) => deltasOf(made).reduce(join, UNTOUCHED)),
    join,
  );

  it('counts each change once, in any order, though every delta arrives twice', () => {
    fc.assert(
      fc.property(deliveries, ([made, received]) => {
        expect(value(received.reduce(join, UNTOUCHED))).toBe(sumOf(made));
      }),
    );
  });

  it('lets the last delta of a writer stand for all before it', () => {
    fc.assert(
      fc.property(changes, (made) => {
        const lasts = ['a', 'b', 'c'].flatMap(
          (writer) => deltasOf(made).findLast((delta) => delta.has(writer)) ?? [],
        );
        expect(value(lasts.reduce(join, UNTOUCHED))).toBe(sumOf(made));
      }),
    );
  });

  it('returns nothing but the entry of the writer who adds', () => {
    const counter = new Map([['a', { up: 5, down: 2 }]]);
    expect(add(counter, 'b', 3)).toEqual(new Map([['b', { up: 3, down: 0 }]]));
    expect(add(counter, 'a', -4)).toEqual(new Map([['a', { up: 5, down: 6 }]]));
    expect(counter).toEqual(new Map([['a', { up: 5, down: 2 }]]));
  });

  it('takes a change exactly as long as its total stays within 2^53-1, and never rounds (P1)', () => {
    const near = fc.integer({ min: MOST - 3, max: MOST });
    const total = fc.oneof(near, fc.nat());
    const amount = fc.oneof(near, fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(total, amount, fc.boolean(), (held, more, lowers) => {
        const exact = BigInt(held) + BigInt(more);
        const counter = new Map([['a', lowers ? { up: 0, down: held } : { up: held, down: 0 }]]);
        const delta = add(counter, 'a', lowers ? -more : more);
        if (exact > BigInt(MOST)) expect(delta).toBe('OUT_OF_RANGE');
        else expect(value(deltaAsCounter(delta))).toBe(lowers ? -exact : exact);
      }),
    );
  });

  it.each([
    ['raises up to 2^53-1', { up: MOST - 1, down: 0 }, 1, { up: MOST, down: 0 }],
    ['lowers down to 2^53-1', { up: 0, down: MOST - 1 }, -1, { up: 0, down: MOST }],
    ['refuses to raise past 2^53-1', { up: MOST, down: MOST }, 1, 'OUT_OF_RANGE'],
    ['refuses to lower past 2^53-1', { up: MOST, down: MOST }, -1, 'OUT_OF_RANGE'],
    [
      'refuses a sum that a double would round to an even one',
      { up: MOST, down: 0 },
      2,
      'OUT_OF_RANGE',
    ],
    ['leaves the other total alone at its bound', { up: MOST, down: 0 }, -1, { up: MOST, down: 1 }],
  ])('%s', (_, totals, amount, expected) => {
    const delta = add(new Map([['a', totals]]), 'a', amount);
    expect(typeof delta === 'string' ? delta : delta.get('a')).toEqual(expected);
  });

  it('shows an exact value, though the sum of its parts has more than 53 bits', () => {
    const most = { up: MOST, down: 0 };
    const counter = new Map([
      ['a', most],
      ['b', most],
      ['c', { up: 1, down: 0 }],
    ]);
    expect(value(counter)).toBe(2n * BigInt(MOST) + 1n);
  });

  it('shows 0 where nobody has touched it', () => {
    expect(value(UNTOUCHED)).toBe(0n);
  });

  it.each([0.5, NaN, Infinity, MOST + 1, -MOST - 1])(
    'refuses by assertion the amount %d',
    (amount) => {
      expect(() => add(UNTOUCHED, 'a', amount)).toThrow(AssertionError);
    },
  );
});

function deltaAsCounter(delta: PnCounter | 'OUT_OF_RANGE'): PnCounter {
  if (delta === 'OUT_OF_RANGE') throw new Error('refused, though within the bound');
  return delta;
}
