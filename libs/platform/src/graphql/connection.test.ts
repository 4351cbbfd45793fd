import { FIRST_MAX, encodePlace, partOf } from './connection.js';

interface Item {
  readonly at: number;
  readonly id: string;
}
const items: Item[] = [
  { at: 9, id: 'b' },
  { at: 5, id: 'a' },
  { at: 5, id: 'c' },
  { at: 1, id: 'a' },
];
const ids = (all: { edges: readonly { node: Item }[] }) =>
  all.edges.map(({ node: { at, id } }) => `${at}${id}`);
const part = (first?: number, after?: string) =>
  partOf(items, (item) => item, { first: first ?? null, after: after ?? null });

describe('a part of a list', () => {
  it('goes on behind a cursor until nothing is left', () => {
    const one = part(3);
    expect([ids(one), one.pageInfo.hasNextPage, one.pageInfo.hasPreviousPage]).toEqual([
      ['9b', '5a', '5c'],
      true,
      false,
    ]);
    const other = part(3, one.pageInfo.endCursor ?? '');
    expect([ids(other), other.pageInfo.hasNextPage, other.pageInfo.hasPreviousPage]).toEqual([
      ['1a'],
      false,
      true,
    ]);
    expect(part(3, other.pageInfo.endCursor ?? '')).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
    });
  });

  it('goes on at the place of an entry that has gone', () => {
    expect(ids(part(10, encodePlace({ at: 5, id: 'b' })))).toEqual(['5c', '1a']);
    expect(ids(part(10, encodePlace({ at: 99, id: 'b' })))).toHaveLength(4);
  });

  it.each([
    ['a number below 0', -1, undefined],
    ['more than there may be', FIRST_MAX + 1, undefined],
    ['a cursor that is none', 5, 'x'],
    ['a cursor of something else', 5, Buffer.from('{"at":1}').toString('base64url')],
  ])('is refused with %s', (_, first, after) => {
    expect(() => part(first, after)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});
