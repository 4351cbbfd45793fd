import { orThrow, parsePageId } from '@headcount/protocol';
import { PATTERNS_MAX, PATTERN_LENGTH_MAX, SCOPES_MAX, viewerOfClaims } from './claims.js';

const refused = { ok: false, error: 'UNAUTHENTICATED' };

describe('the claims of a token', () => {
  it('name the viewer, when it ends, and what it may do', () => {
    const claims = { sub: 'ann', exp: 1_900_000_000.5, pages: ['home'], scope: ' read  write' };
    const viewer = orThrow(viewerOfClaims({ ...claims, iss: 'somebody', more: {} }));
    expect(viewer).toMatchObject({ kind: 'viewer', id: 'ann', expiresAtMs: 1_900_000_000_500 });
    expect(viewer.grants.mayView(orThrow(parsePageId('home')))).toBe(true);
    expect(viewer.grants.mayView(orThrow(parsePageId('shop')))).toBe(false);
    expect([...viewer.grants.scopes]).toEqual(['read', 'write']);
  });

  it('may leave out the end: there is none then', () => {
    expect(viewerOfClaims({ sub: 'ann' })).toMatchObject({ value: { expiresAtMs: null } });
  });

  it('name a viewer whose id is one', () => {
    expect(viewerOfClaims({ sub: 'a\nb' })).toEqual({ ok: false, error: 'BAD_VIEWER_ID' });
    expect(viewerOfClaims({ sub: '' })).toEqual({ ok: false, error: 'BAD_VIEWER_ID' });
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
    ['a scope that is no text', { sub: 'ann', scope: ['read'] }],
  ])('are refused as a whole with %s', (_, claims) => {
    expect(viewerOfClaims(claims)).toEqual(refused);
  });

  it('have bounds, and are refused beyond them', () => {
    const many = (count: number) => Array.from({ length: count }, () => '*');
    const long = (length: number) => ['x'.repeat(length)];
    for (const claim of ['pages', 'counters']) {
      const asked = (value: string[]) => viewerOfClaims({ sub: 'ann', [claim]: value });
      expect(asked(many(PATTERNS_MAX)).ok).toBe(true);
      expect(asked(many(PATTERNS_MAX + 1))).toEqual(refused);
      expect(asked(long(PATTERN_LENGTH_MAX)).ok).toBe(true);
      expect(asked(long(PATTERN_LENGTH_MAX + 1))).toEqual(refused);
    }
    const scoped = (count: number) => viewerOfClaims({ sub: 'ann', scope: many(count).join(' ') });
    expect(scoped(SCOPES_MAX).ok).toBe(true);
    expect(scoped(SCOPES_MAX + 1)).toEqual(refused);
  });
});
