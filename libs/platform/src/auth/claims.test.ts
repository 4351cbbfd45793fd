import { orThrow, parseCounterName, parsePageId, type CounterName } from '@headcount/protocol';
import {
  PATTERNS_MAX,
  PATTERN_LENGTH_MAX,
  SCOPES_MAX,
  viewerOfClaims,
  type UserRights,
} from './claims.js';

const home = orThrow(parsePageId('home'));
const [likes, visits] = ['likes', 'visits'].map((name) => orThrow(parseCounterName(name))) as [
  CounterName,
  CounterName,
];
/** Where users may do nothing unless a claim says so, or what `preset` says. */
const viewerOf = (claims: unknown, preset: UserRights = {}) => viewerOfClaims(claims, preset);
const refused = { ok: false, error: 'UNAUTHENTICATED' };

describe('the claims of a token', () => {
  it('name the viewer, when it ends, and what it may do', () => {
    const claims = { sub: 'ann', exp: 1_900_000_000.5, pages: ['home'], scope: ' read  write' };
    const viewer = orThrow(viewerOf({ ...claims, iss: 'somebody', more: {} }));
    expect(viewer).toMatchObject({ kind: 'viewer', id: 'ann', expiresAtMs: 1_900_000_000_500 });
    expect(viewer.grants.mayView(orThrow(parsePageId('home')))).toBe(true);
    expect(viewer.grants.mayView(orThrow(parsePageId('shop')))).toBe(false);
    expect([...viewer.grants.scopes]).toEqual(['read', 'write']);
  });

  it('grant no change by themselves, and then one by 1', () => {
    const { grants } = orThrow(viewerOf({ sub: 'ann' }));
    expect([grants.mayView(home), grants.mayWrite(home, likes), grants.amountMax]).toEqual([
      true,
      false,
      1,
    ]);
    expect([true, false].map((isOpen) => grants.mayVote(home, likes, isOpen))).toEqual([
      true,
      false,
    ]);
  });

  it('stand before what every user may do, right by right', () => {
    const preset = { pages: [], counters: ['visits'], votes: ['likes'], amount: 3 };
    const { grants } = orThrow(viewerOf({ sub: 'ann' }, preset));
    expect([grants.mayView(home), grants.mayWrite(home, visits), grants.amountMax]).toEqual([
      false,
      true,
      3,
    ]);
    expect(grants.mayVote(home, likes, false)).toBe(true);
    const claims = { sub: 'ann', counters: ['likes'], votes: [], amount: 10 };
    const { grants: claimed } = orThrow(viewerOf(claims, preset));
    expect([claimed.mayWrite(home, likes), claimed.mayWrite(home, visits)]).toEqual([true, false]);
    expect([claimed.mayVote(home, likes, true), claimed.amountMax]).toEqual([false, 10]);
  });

  it('may leave out the end: there is none then', () => {
    expect(viewerOf({ sub: 'ann' })).toMatchObject({ value: { expiresAtMs: null } });
  });

  it('name a viewer whose id is one', () => {
    expect(viewerOf({ sub: 'a\nb' })).toEqual({ ok: false, error: 'BAD_VIEWER_ID' });
    expect(viewerOf({ sub: '' })).toEqual({ ok: false, error: 'BAD_VIEWER_ID' });
  });

  it.each([
    ['no subject', {}],
    ['a subject that is no text', { sub: 7 }],
    ['an end beyond all calendars', { sub: 'ann', exp: 1e300 }],
    ['pages that are no list', { sub: 'ann', pages: '*' }],
    ['pages that are null', { sub: 'ann', pages: null }],
    ['a page that is no text', { sub: 'ann', pages: [1] }],
    ['a page without a sign', { sub: 'ann', pages: [''] }],
    ['a page that looks like a counter', { sub: 'ann', pages: ['home likes'] }],
    ['counters that are no list', { sub: 'ann', counters: { home: 'likes' } }],
    ['a counter of three words', { sub: 'ann', counters: ['home likes more'] }],
    ['a counter without a name', { sub: 'ann', counters: ['home '] }],
    ['votes that are no list', { sub: 'ann', votes: 'likes' }],
    ['an amount of nothing', { sub: 'ann', amount: 0 }],
    ['half an amount', { sub: 'ann', amount: 1.5 }],
    ['an amount that is a text', { sub: 'ann', amount: '5' }],
    ['an amount beyond all numbers', { sub: 'ann', amount: 2 ** 53 }],
    ['a scope that is no text', { sub: 'ann', scope: ['read'] }],
  ])('are refused as a whole with %s', (_, claims) => {
    expect(viewerOf(claims)).toEqual(refused);
  });

  it('have bounds, and are refused beyond them', () => {
    const many = (count: number) => Array.from({ length: count }, () => '*');
    const long = (length: number) => ['x'.repeat(length)];
    for (const claim of ['pages', 'counters', 'votes']) {
      const asked = (value: string[]) => viewerOf({ sub: 'ann', [claim]: value });
      expect(asked(many(PATTERNS_MAX)).ok).toBe(true);
      expect(asked(many(PATTERNS_MAX + 1))).toEqual(refused);
      expect(asked(long(PATTERN_LENGTH_MAX)).ok).toBe(true);
      expect(asked(long(PATTERN_LENGTH_MAX + 1))).toEqual(refused);
    }
    const scoped = (count: number) => viewerOf({ sub: 'ann', scope: many(count).join(' ') });
    expect(scoped(SCOPES_MAX).ok).toBe(true);
    expect(scoped(SCOPES_MAX + 1)).toEqual(refused);
  });
});
