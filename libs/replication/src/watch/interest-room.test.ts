import { VIEWERS, type PageId, type ViewerId } from '@headcount/protocol';
import { fitting } from './interest-room.js';
import type { Named } from './wanted.js';

const named: Named = {
  counters: ['a', 'b', 'c'].map((page) => [page as PageId, VIEWERS] as const),
  users: ['ann' as ViewerId],
  pages: [['a' as PageId, null]],
};
const nothing = (): boolean => false;

describe('the room for an interest', () => {
  it('takes all of it where there is room, and does not look at what is held', () => {
    const isHeld = jest.fn(nothing);
    expect(fitting(named, 5, isHeld)).toEqual({ taken: named, refused: null });
    expect(isHeld).not.toHaveBeenCalled();
  });

  it('takes as much as there is room for in the order asked, and names the places of the rest', () => {
    expect(fitting(named, 2, nothing)).toEqual({
      taken: { counters: named.counters.slice(0, 2), users: [], pages: [] },
      refused: { counters: [2], users: [0], pages: [0] },
    });
  });

  it('takes what is held already without room, wherever it stands', () => {
    const isHeld = ({ counters, pages }: Named): boolean =>
      counters.some(([page]) => page === 'c') || pages.length > 0;
    expect(fitting(named, 0, isHeld)).toEqual({
      taken: { counters: named.counters.slice(2), users: [], pages: named.pages },
      refused: { counters: [0, 1], users: [0], pages: [] },
    });
  });

  it('refuses nothing where all that is too much is held', () => {
    expect(fitting(named, 0, () => true)).toEqual({ taken: named, refused: null });
  });
});
