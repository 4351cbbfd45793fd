import fc from 'fast-check';
import type { Result } from './result.js';
import { checkLaw, expectSame, itObeysTheLaws } from './testing/laws.js';
import { NEVER_VOTED, hasVoted, holdsVote, join, takeBack, vote, type Vote } from './vote.js';

const MOST = Number.MAX_SAFE_INTEGER;
/** What to vote for; null takes it back. */
type Wish = string | null;
const wish: fc.Arbitrary<Wish> = fc.constantFrom('', 'blue', 'red', 'Red', null);

function taken<T>(delta: Result<T, 'OUT_OF_RANGE'>): T {
  if (!delta.ok) throw new Error('refused, though within the bound');
  return delta.value;
}

const deltaOf = (state: Vote, wanted: Wish): Vote =>
  taken(wanted === null ? takeBack(state) : vote(state, wanted));
const apply = (state: Vote, wanted: Wish): Vote => join(state, deltaOf(state, wanted));
const shows = (after: Vote, wanted: Wish): boolean =>
  wanted === null ? !hasVoted(after) : hasVoted(after) && after.choice === wanted;

describe('vote', () => {
  describe('laws', () => {
    itObeysTheLaws<Vote, Wish>({
      empty: NEVER_VOTED,
      join,
      holds: holdsVote,
      change: wish,
      delta: (state, { change }) => deltaOf(state, change),
      shows: (after, { change }) => shows(after, change),
    });

    it('changes nothing when the same is wished again', () => {
      checkLaw(fc.tuple(fc.array(wish, { maxLength: 8 }), wish), ([made, again]) => {
        const once = apply(made.reduce(apply, NEVER_VOTED), again);
        expectSame(apply(once, again), once);
      });
    });

    it('is the causal-length register where there is nothing to choose from', () => {
      checkLaw(fc.array(fc.constantFrom('', null), { maxLength: 12 }), (made) => {
        const { length, choice } = made.reduce(apply, NEVER_VOTED);
        const sides = made.map((each) => each !== null);
        const changes = sides.filter((side, at) => side !== (sides[at - 1] ?? false));
        expectSame({ length, choice }, { length: changes.length, choice: '' });
      });
    });
  });

  const red = taken(vote(NEVER_VOTED, 'red'));

  it('stays with whoever has changed sides more often, and of two at once with the last in byte order', () => {
    const blue = taken(vote(NEVER_VOTED, 'blue'));
    expect(join(blue, red)).toEqual(red);
    expect(join(taken(vote(NEVER_VOTED, 'Red')), blue)).toEqual(blue);
    const changed = taken(vote(red, 'blue'));
    expect(join(changed, taken(takeBack(red)))).toEqual(changed);
    expect(join(taken(takeBack(red)), blue)).toEqual({ length: 2, choice: '' });
  });

  it('is refused beyond the bound of its length', () => {
    expect(takeBack({ length: MOST, choice: '' })).toEqual({ ok: false, error: 'OUT_OF_RANGE' });
    expect(vote({ length: MOST, choice: '' }, 'x')).toEqual({ ok: false, error: 'OUT_OF_RANGE' });
  });
});
