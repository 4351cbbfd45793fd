/**
 * The laws that make a type of this library a CRDT, as properties over random histories of a small deployment.
 *
 * Three replicas change their own states by deltas and now and then take another's whole state. What stands at the
 * end, and every delta made on the way, is what the laws are about: states that can exist at the same time.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { seededRandom } from '@headcount/testing';

/** How many cases each law is tried on. `npm run verify:laws` asks for more; nothing else reads this variable. */
const LAW_RUNS = lawRuns(process.env.HEADCOUNT_LAW_RUNS ?? '10000');

/** Far more than the cases take; but shrinking never ends where a join writes into its arguments. */
const LAW_MS_MAX = 20_000 + 2 * LAW_RUNS;

const REPLICAS = 3;
const STEPS_MAX = 10;
/** With this many kinds of step, one of four takes over another's state. */
const KINDS_OF_STEP = 4;

/** A change that `replica` has made. */
export interface Made<Change> {
  readonly replica: number;
  readonly change: Change;
}

/** What the laws need to know of a type, in words that do without its join. */
export interface Lattice<State, Change> {
  readonly empty: State;
  readonly join: (left: State, right: State) => State;
  /** Whether `larger` holds all that `smaller` does: the partial order of the type, written without `join`. */
  readonly holds: (larger: State, smaller: State) => boolean;
  readonly change: fc.Arbitrary<Change>;
  /** The delta that `made` is on a replica that holds `state`. */
  readonly delta: (state: State, made: Made<Change>) => State;
  /** Whether whoever made a change on `before` finds it in `after`. */
  readonly shows: (after: State, made: Made<Change>, before: State) => boolean;
}

type Step<Change> = readonly [replica: number, kind: number, change: Change];

interface History<State, Change> {
  /** What each replica holds at the end. */
  readonly states: readonly [State, State, State];
  readonly deltas: readonly State[];
  /** Each change, and the state of its replica just before. */
  readonly made: readonly (Made<Change> & { readonly before: State; readonly delta: State })[];
}

/**
 * Tries `body` on LAW_RUNS cases and makes sure that there were as many: a law that skips its cases proves nothing.
 */
export function checkLaw<T>(cases: fc.Arbitrary<T>, body: (one: T) => void): void {
  let tried = 0;
  fc.assert(
    fc.property(cases, (one) => {
      tried += 1;
      body(one);
    }),
    { numRuns: LAW_RUNS, interruptAfterTimeLimit: LAW_MS_MAX, markInterruptAsFailure: true },
  );
  expect(tried).toBe(LAW_RUNS);
}

/** `items`, each `times` times, in an order that hangs on `seed` alone. */
export function shuffled<T>(items: readonly T[], times: number, seed: number): T[] {
  const random = seededRandom(seed);
  const all = Array.from({ length: times }, () => items).flat();
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all;
}

/** Jest says best what differs, but takes long to find that nothing does. */
export function expectSame(left: unknown, right: unknown): void {
  if (!isDeepStrictEqual(left, right)) expect(left).toEqual(right);
}

/**
 * Declares the laws of a join over three states that can exist at the same time. `seen` leaves out what two states
 * may differ in and still be the same to whoever reads them.
 */
export function itJoins<State>(
  threeStates: fc.Arbitrary<readonly [State, State, State]>,
  join: (left: State, right: State) => State,
  seen: (state: State) => unknown = (state) => state,
): void {
  const isSame = (left: State, right: State): void => expectSame(seen(left), seen(right));

  it('joins in any order (commutative)', () => {
    checkLaw(threeStates, ([a, b]) => {
      isSame(join(a, b), join(b, a));
    });
  });

  it('joins in any grouping (associative)', () => {
    checkLaw(threeStates, ([a, b, c]) => {
      isSame(join(join(a, b), c), join(a, join(b, c)));
    });
  });

  it('joins what it holds already without a change (idempotent)', () => {
    checkLaw(threeStates, ([a, b]) => {
      isSame(join(a, a), a);
      const both = join(a, b);
      isSame(join(both, b), both);
    });
  });

  it('leaves what it joins as it was (immutable)', () => {
    checkLaw(threeStates, ([a, b]) => {
      const before = fc.stringify([a, b]);
      join(a, b);
      expectSame(fc.stringify([a, b]), before);
    });
  });
}

/** Declares one test for each law of a type. Call it inside `describe`; the word in brackets names the law in tables. */
export function itObeysTheLaws<State, Change>(type: Lattice<State, Change>): void {
  const { empty, join, holds } = type;
  const steps: fc.Arbitrary<Step<Change>[]> = fc.array(
    fc.tuple(fc.nat(REPLICAS - 1), fc.nat(KINDS_OF_STEP - 1), type.change),
    // Without a size fast-check stays well below the maximum.
    { maxLength: STEPS_MAX, size: 'max' },
  );
  const histories = steps.map((taken) => play(type, taken));
  const law = (
    sentence: string,
    body: (history: History<State, Change>, seed: number) => void,
  ): void => {
    it(sentence, () => {
      checkLaw(fc.tuple(histories, fc.nat()), ([history, seed]) => {
        body(history, seed);
      });
    });
  };

  // A delta is the state of one who has heard nothing else.
  const threeStates = fc.tuple(histories, fc.nat()).map(([{ states, deltas }, seed]) => {
    const [a = empty, b = empty, c = empty] = shuffled([...states, ...deltas], 1, seed);
    return [a, b, c] as const;
  });
  itJoins(threeStates, join);

  law('loses nothing by joining, and adds nothing of its own (inflation)', (history) => {
    const { states, deltas, made } = history;
    const [a, b] = states;
    const both = join(a, b);
    const all = deltas.reduce(join, empty);
    expectSame([holds(both, a), holds(both, b), holds(all, both)], [true, true, true]);
    expectSame([holds(a, empty), holds(empty, both)], [true, isDeepStrictEqual(both, empty)]);
    for (const { before, delta } of made) {
      const after = join(before, delta);
      expectSame([holds(after, before), holds(after, delta)], [true, true]);
    }
  });

  law('is the sum of its deltas (delta equals state)', ({ states, deltas }) => {
    expectSame(deltas.reduce(join, empty), states.reduce(join));
  });

  law(
    'does not hang on the order and the number of deliveries (delivery)',
    ({ deltas, made }, seed) => {
      expectSame(shuffled(deltas, 2, seed).reduce(join, empty), deltas.reduce(join, empty));
      // A replica that made its change on an old state may get that change's delta before anything else.
      for (const { before, delta } of made) expectSame(join(delta, before), join(before, delta));
    },
  );

  law('shows a writer what it has written (read your writes)', ({ made }) => {
    for (const { before, delta, replica, change } of made) {
      expectSame(type.shows(join(before, delta), { replica, change }, before), true);
    }
  });
}

/** Takes the steps and records what the laws are about. */
function play<State, Change>(
  type: Lattice<State, Change>,
  steps: readonly Step<Change>[],
): History<State, Change> {
  const states: [State, State, State] = [type.empty, type.empty, type.empty];
  const made: { before: State; delta: State; replica: number; change: Change }[] = [];
  for (const [replica, kind, change] of steps) {
    const before = states[replica] as State;
    if (kind === 0) {
      states[replica] = type.join(before, states[(replica + 1) % REPLICAS] as State);
      continue;
    }
    const delta = type.delta(before, { replica, change });
    made.push({ before, delta, replica, change });
    states[replica] = type.join(before, delta);
  }
  return { states, deltas: made.map(({ delta }) => delta), made };
}

/** The number of cases that is asked for. Throws where that is none, for a law that is not tried holds always. */
function lawRuns(asked: string): number {
  const runs = Number(asked);
  if (Number.isSafeInteger(runs) && runs > 0) return runs;
  throw new Error(`HEADCOUNT_LAW_RUNS is a number of cases, not ${asked}`);
}
