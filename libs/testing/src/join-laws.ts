import fc from 'fast-check';

/** A join that writes into its arguments spoils what fast-check shrinks, which then never ends. */
const LIMITS = { interruptAfterTimeLimit: 2000 };

/**
 * Declares the tests that make `join` a merge: order, grouping and repetition of what is joined do not
 * matter, and its arguments are left alone. Call it inside `describe`; it needs Jest's globals.
 * `states` draws any states that one deployment could hold at the same time; three are drawn at once.
 * `equals` defaults to Jest's `toEqual`, where the order of entries in a Map or Set does not count.
 */
export function itObeysJoinLaws<State>(
  states: fc.Arbitrary<State>,
  join: (left: State, right: State) => State,
  equals?: (left: State, right: State) => boolean,
): void {
  const expectSame = (left: State, right: State): void => {
    if (equals === undefined) expect(left).toEqual(right);
    else expect({ left, right, same: equals(left, right) }).toMatchObject({ same: true });
  };

  it('joins in any order (commutative)', () => {
    fc.assert(
      fc.property(states, states, (a, b) => {
        expectSame(join(a, b), join(b, a));
      }),
      LIMITS,
    );
  });

  it('joins in any grouping (associative)', () => {
    fc.assert(
      fc.property(states, states, states, (a, b, c) => {
        expectSame(join(join(a, b), c), join(a, join(b, c)));
      }),
      LIMITS,
    );
  });

  it('joins what it holds already without a change (idempotent)', () => {
    fc.assert(
      fc.property(states, states, (a, b) => {
        expectSame(join(a, a), a);
        expectSame(join(join(a, b), b), join(a, b));
      }),
      LIMITS,
    );
  });

  it('leaves the states it joins as they were', () => {
    fc.assert(
      fc.property(states, states, (a, b) => {
        const before = [fc.stringify(a), fc.stringify(b)];
        join(a, b);
        expect([fc.stringify(a), fc.stringify(b)]).toEqual(before);
      }),
      LIMITS,
    );
  });
}
