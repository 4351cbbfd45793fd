import { SITE, orThrow, parseCounterName, parsePageId } from '@headcount/protocol';
import { Grants } from './grants.js';

const page = (id: string) => orThrow(parsePageId(id));
const name = (id: string) => orThrow(parseCounterName(id));

describe('grants', () => {
  it('of all allow everything', () => {
    expect(Grants.ALL.mayView(page('home'))).toBe(true);
    expect(Grants.ALL.mayView(SITE)).toBe(true);
    expect(Grants.ALL.mayWrite(page('home'), name('likes'))).toBe(true);
    expect(Grants.ALL.mayVote(page('home'), name('likes'), false)).toBe(true);
    expect(Grants.ALL.amountMax).toBe(Infinity);
    expect([...Grants.ALL.scopes]).toEqual([]);
  });

  it('allow to view everything and to change nothing where nothing is said', () => {
    const silent = Grants.of({});
    expect([silent.mayView(page('home')), silent.mayWrite(page('home'), name('likes'))]).toEqual([
      true,
      false,
    ]);
    expect(silent.mayVote(page('home'), name('likes'), true)).toBe(true);
    expect(silent.mayVote(page('home'), name('likes'), false)).toBe(false);
  });

  it('allow nothing where the lists are empty', () => {
    const none = Grants.of({ pages: [], counters: [] });
    expect(none.mayView(page('home'))).toBe(false);
    expect(none.mayWrite(page('home'), name('likes'))).toBe(false);
  });

  it('allow to view the pages that one of the patterns fits', () => {
    const some = Grants.of({ pages: ['home', 'blog/*/comments'] });
    const asked = ['home', 'home/2', 'blog/1/comments', 'blog/1'];
    expect(asked.filter((id) => some.mayView(page(id)))).toEqual(['home', 'blog/1/comments']);
  });

  it('allow the whole website by a pattern that fits its id, like any page', () => {
    expect(Grants.of({ pages: ['blog/*'] }).mayView(SITE)).toBe(false);
    expect(Grants.of({ pages: ['@site'] }).mayView(SITE)).toBe(true);
    expect(Grants.of({ pages: ['*'] }).mayView(SITE)).toBe(true);
    expect(Grants.of({ counters: ['blog/* *'] }).mayWrite(SITE, name('visits'))).toBe(false);
    expect(Grants.of({ counters: ['@site visits'] }).mayWrite(SITE, name('visits'))).toBe(true);
  });

  it('allow all pages where nothing is said of them, or a pattern fits whatever there is', () => {
    expect([Grants.ALL.viewsAll, Grants.of({ counters: [] }).viewsAll]).toEqual([true, true]);
    expect(Grants.of({ pages: ['home', '*'] }).viewsAll).toBe(true);
    for (const pages of [[], ['home'], ['*/1', '@site'], ['a*', '*a']])
      expect([pages, Grants.of({ pages }).viewsAll]).toEqual([pages, false]);
  });

  it('allow to write a counter by its name on any page, or on the pages before the space', () => {
    const some = Grants.of({ counters: ['likes', 'blog/* vote*'] });
    expect(some.mayWrite(page('anywhere'), name('likes'))).toBe(true);
    expect(some.mayWrite(page('blog/1'), name('votes.up'))).toBe(true);
    expect(some.mayWrite(page('shop/1'), name('votes.up'))).toBe(false);
    expect(some.mayWrite(page('blog/1'), name('visits'))).toBe(false);
    expect(some.mayView(page('shop/1'))).toBe(true);
  });

  it('take two spellings of one text for one page', () => {
    const cafe = Grants.of({ pages: ['cafe\u0301'], counters: ['cafe\u0301 likes'] });
    expect(cafe.mayView(page('caf\u00e9'))).toBe(true);
    expect(cafe.mayWrite(page('caf\u00e9'), name('likes'))).toBe(true);
  });
});
