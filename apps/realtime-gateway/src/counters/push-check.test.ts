/**
 * Goal    what is checked by hand is let through where the protocol's schema lets it through, and nowhere else.
 * Method  values that are right, with one field or another replaced by what is nearly right; both say what they make of it.
 */
import fc from 'fast-check';
import { REGIONS_MAX, pushRequest } from '@headcount/protocol';
import { checkedPush } from './push-check.js';

const incarnation = `${'0'.repeat(11)}100000000`;
const RIGHT = ['/a', 'likes', -3, 0, null, incarnation, 4, ['fra']] as const;

const anything = fc.oneof(
  fc.constantFrom<unknown>(...RIGHT, 'viewers', '@site', '@other', '/a/../b', 'e\u0301', '\u00e9'),
  fc.constantFrom<unknown>(0, -0, -1, 0.5, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), NaN, Infinity),
  fc.constantFrom<unknown>('', ' ', 'x'.repeat(256), 'x'.repeat(257), incarnation.slice(1)),
  fc.constantFrom<unknown>(`${incarnation}\n`, incarnation.replace('1', 'A'), 'n'.repeat(65)),
  fc.constantFrom<unknown>([], ['fra\n'], ['Fra'], [7], Array(REGIONS_MAX).fill('a')),
  fc.constantFrom<unknown>(Array(REGIONS_MAX + 1).fill('a'), true, undefined, {}, [null]),
  fc.string(),
  fc.integer(),
);
/** A value of which at most two fields are others, or of which there are too few or too many. */
const value = fc
  .tuple(fc.nat({ max: RIGHT.length + 1 }), fc.nat({ max: RIGHT.length - 1 }), anything, anything)
  .map(([one, other, first, second]) => {
    const row: unknown[] = [...RIGHT];
    row[one] = first;
    if (typeof second === 'number') row[other] = second;
    return row;
  });
const values = fc.oneof(
  fc.array(fc.oneof(value, fc.constant(RIGHT)), { maxLength: 3 }),
  anything,
  value,
);

describe('a push that is checked by hand', () => {
  it('is let through where the schema lets it through', () => {
    fc.assert(
      fc.property(values, (several) => {
        const push = { from: 5, to: 6, values: several };
        const [byHand, bySchema] = [checkedPush.safeParse(push), pushRequest.safeParse(push)];
        expect(byHand.success).toBe(bySchema.success);
        expect(byHand.data).toEqual(bySchema.data);
      }),
      { numRuns: 500 },
    );
  });

  it.each(RIGHT.map((_, at) => [at]))('is refused where field %i of a value is missing', (at) => {
    const row = RIGHT.filter((_, each) => each !== at);
    expect(checkedPush.safeParse({ from: 5, to: 6, values: [row] }).success).toBe(false);
  });

  it.each([
    { from: 5, to: 6 },
    { from: -1, to: 6, values: [] },
    { from: 5, to: 6, values: [], more: 1 },
    { from: 5, to: 6, values: [], users: [''] },
    { from: 5, to: 6, values: [], pages: [['/a']] },
  ])('is refused where the rest of it is wrong: %j', (push) => {
    expect(checkedPush.safeParse(push).success).toBe(false);
  });
});
