import type { InterestRefused } from '@headcount/protocol';
import type { Named } from './wanted.js';

const NOTHING: Named = { counters: [], pages: [], users: [] };

/** How much is named. */
export const sizeOf = ({ counters, pages, users }: Named): number =>
  counters.length + pages.length + users.length;

/** What of an interest is taken, and the places of the rest; null: all of it is taken. */
export interface Fitting {
  readonly taken: Named;
  readonly refused: InterestRefused | null;
}

/** Takes what is held already, and of the rest as much as there is room for, in the order asked. Cost O(named). */
export function fitting(named: Named, room: number, isHeld: (one: Named) => boolean): Fitting {
  if (sizeOf(named) <= room) return { taken: named, refused: null };
  let left = room;
  const admits = (one: Partial<Named>): boolean => {
    if (isHeld({ ...NOTHING, ...one })) return true;
    left -= 1;
    return left >= 0;
  };
  const counters = parted(named.counters, (each) => admits({ counters: [each] }));
  const users = parted(named.users, (each) => admits({ users: [each] }));
  const pages = parted(named.pages, (each) => admits({ pages: [each] }));
  const taken = { counters: counters.taken, users: users.taken, pages: pages.taken };
  const refused = { counters: counters.refused, users: users.refused, pages: pages.refused };
  const isAll = [...refused.counters, ...refused.users, ...refused.pages].length === 0;
  return { taken, refused: isAll ? null : refused };
}

function parted<T>(
  items: readonly T[],
  admits: (item: T) => boolean,
): { readonly taken: readonly T[]; readonly refused: readonly number[] } {
  const refused: number[] = [];
  const taken = items.filter((item, place) => {
    const admitted = admits(item);
    if (!admitted) refused.push(place);
    return admitted;
  });
  return { taken, refused };
}
