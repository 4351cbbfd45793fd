import fc from 'fast-check';
import {
  NEVER_FOLLOWED,
  follow,
  holdsFollow,
  isFollowed,
  isMuted,
  join,
  mark,
  mute,
  unfollow,
  type Follow,
} from './follow.js';
import type { Result } from './result.js';
import { checkLaw, expectSame, itObeysTheLaws } from './testing/laws.js';
import { WRITERS } from './testing/writers.js';
import { covers, type VersionVector } from './version-vector.js';

const MOST = Number.MAX_SAFE_INTEGER;
const vectors: fc.Arbitrary<VersionVector> = fc
  .array(fc.tuple(fc.constantFrom(...WRITERS), fc.integer({ min: 1, max: 9 })), { maxLength: 3 })
  .map((entries) => new Map(entries));

type Change =
  | { readonly kind: 'follow' | 'mark'; readonly vector: VersionVector }
  | { readonly kind: 'unfollow' }
  | { readonly kind: 'mute'; readonly untilMs: number };

const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('follow' as const, 'mark' as const), vector: vectors }),
  fc.record({ kind: fc.constant('unfollow' as const) }),
  fc.record({ kind: fc.constant('mute' as const), untilMs: fc.nat(100) }),
);

function taken<T>(delta: Result<T, 'OUT_OF_RANGE'>): T {
  if (!delta.ok) throw new Error('refused, though within the bound');
  return delta.value;
}

function deltaOf(state: Follow, change: Change): Follow {
  switch (change.kind) {
    case 'follow':
      return taken(follow(state, change.vector));
    case 'unfollow':
      return taken(unfollow(state));
    case 'mark':
      return mark(state, change.vector);
    case 'mute':
      return taken(mute(state, change.untilMs));
  }
}

function shows(after: Follow, change: Change, before: Follow): boolean {
  switch (change.kind) {
    case 'follow':
      return isFollowed(after) && (isFollowed(before) || covers(after.marks, change.vector));
    case 'unfollow':
      return !isFollowed(after);
    case 'mark':
      return !isFollowed(before) || covers(after.marks, change.vector);
    case 'mute':
      return !isFollowed(before) || after.mute.untilMs === change.untilMs;
  }
}

const apply = (state: Follow, change: Change): Follow => join(state, deltaOf(state, change));

describe('follow', () => {
  describe('laws', () => {
    itObeysTheLaws<Follow, Change>({
      empty: NEVER_FOLLOWED,
      join,
      holds: holdsFollow,
      change: changes,
      delta: (state, { change }) => deltaOf(state, change),
      shows: (after, { change }, before) => shows(after, change, before),
    });

    it('starts anew when it is followed again, whatever others still know of before (F1)', () => {
      const histories = fc.tuple(fc.array(changes, { maxLength: 8 }), vectors);
      checkLaw(histories, ([made, now]) => {
        const before = made.reduce(apply, apply(NEVER_FOLLOWED, { kind: 'follow', vector: now }));
        const again = apply(apply(before, { kind: 'unfollow' }), { kind: 'follow', vector: now });
        const met = join(before, again);
        if (isFollowed(before)) expectSame(met, again);
        expectSame(isFollowed(met), true);
      });
    });
  });

  const followed = taken(follow(NEVER_FOLLOWED, new Map()));

  it('is silent until the end of the last mute, not of the longest', () => {
    const long = join(followed, taken(mute(followed, 100)));
    expect([isMuted(long, 99), isMuted(long, 100)]).toEqual([true, false]);
    const ended = join(long, taken(mute(long, 0)));
    expect([isMuted(ended, 50), isMuted(join(ended, long), 50)]).toEqual([false, false]);
  });

  it('is refused beyond the bounds of its numbers', () => {
    const last: Follow = { ...followed, length: MOST, mute: { number: MOST, untilMs: 1 } };
    expect(unfollow(last)).toEqual({ ok: false, error: 'OUT_OF_RANGE' });
    expect(mute(last, 1)).toEqual({ ok: false, error: 'OUT_OF_RANGE' });
  });
});
