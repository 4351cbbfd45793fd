import fc from 'fast-check';
import { AssertionError } from './assert.js';
import { UNTOUCHED, add, join, value, type PnCounter } from './pn-counter.js';
import { itObeysTheLaws } from './testing/laws.js';
import { WRITERS, writerAt } from './testing/writers.js';
import type { Writer } from './writer.js';

const [A, B, C] = [writerAt(0), writerAt(1), writerAt(2)];
const MOST = Number.MAX_SAFE_INTEGER;

interface Change {
  readonly writer: Writer;
  readonly amount: number;
}

/** Amounts so small that no total can pass the bound, which has tests of its own. */
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({ writer: fc.constantFrom(...WRITERS), amount: fc.integer() }),
  { maxLength: 20, size: 'max' },
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
  describe('laws', () => {
    itObeysTheLaws<PnCounter, number>({
      empty: UNTOUCHED,
      join,
      holds: (larger, smaller) =>
        [...smaller].every(([writer, { up, down }]) => {
          const held = larger.get(writer);
          return held !== undefined && up <= held.up && down <= held.down;
        }),
      change: fc.integer({ min: -1000, max: 1000 }),
      delta: (counter, { replica, change }) =>
        deltaOf(counter, { writer: writerAt(replica), amount: change }),
      shows: (after, { change }, before) => value(after) === value(before) + BigInt(change),
    });
  });

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
        const lasts = WRITERS.flatMap(
          (writer) => deltasOf(made).findLast((delta) => delta.has(writer)) ?? [],
        );
        expect(value(lasts.reduce(join, UNTOUCHED))).toBe(sumOf(made));
      }),
    );
  });

  it('returns nothing but the entry of the writer who adds', () => {
    const counter = new Map([[A, { up: 5, down: 2 }]]);
    expect(add(counter, B, 3)).toEqual(new Map([[B, { up: 3, down: 0 }]]));
    expect(add(counter, A, -4)).toEqual(new Map([[A, { up: 5, down: 6 }]]));
    expect(counter).toEqual(new Map([[A, { up: 5, down: 2 }]]));
  });

  it('takes a change exactly as long as its total stays within 2^53-1, and never rounds (P1)', () => {
    const near = fc.integer({ min: MOST - 3, max: MOST });
    const total = fc.oneof(near, fc.nat());
    const amount = fc.oneof(near, fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(total, amount, fc.boolean(), (held, more, lowers) => {
        const exact = BigInt(held) + BigInt(more);
        const counter = new Map([[A, lowers ? { up: 0, down: held } : { up: held, down: 0 }]]);
        const delta = add(counter, A, lowers ? -more : more);
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
    const delta = add(new Map([[A, totals]]), A, amount);
    expect(typeof delta === 'string' ? delta : delta.get(A)).toEqual(expected);
  });

  it('shows an exact value, though the sum of its parts has more than 53 bits', () => {
    const most = { up: MOST, down: 0 };
    const counter = new Map([
      [A, most],
      [B, most],
      [C, { up: 1, down: 0 }],
    ]);
    expect(value(counter)).toBe(2n * BigInt(MOST) + 1n);
  });

  it('shows 0 where nobody has touched it', () => {
    expect(value(UNTOUCHED)).toBe(0n);
  });

  it.each([0.5, NaN, Infinity, MOST + 1, -MOST - 1])(
    'refuses by assertion the amount %d',
    (amount) => {
      expect(() => add(UNTOUCHED, A, amount)).toThrow(AssertionError);
    },
  );
});

function deltaAsCounter(delta: PnCounter | 'OUT_OF_RANGE'): PnCounter {
  if (delta === 'OUT_OF_RANGE') throw new Error('refused, though within the bound');
  return delta;
}
