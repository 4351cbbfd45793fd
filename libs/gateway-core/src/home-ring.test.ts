import { HomeRing } from './home-ring.js';

describe('HomeRing', () => {
  it('tries the list from its start', () => {
    expect(new HomeRing(['a', 'b', 'c']).candidates()).toEqual(['a', 'b', 'c']);
  });

  it('stays with the one that answered and tries the ones after it next', () => {
    const ring = new HomeRing(['a', 'b', 'c']);
    ring.settle('b');
    expect(ring.candidates()).toEqual(['b', 'c', 'a']);
  });
});
