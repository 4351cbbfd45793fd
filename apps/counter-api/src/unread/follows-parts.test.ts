import { NEVER_FOLLOWED, NEVER_MUTED, type Follow, type Writer } from '@headcount/crdt';
import type { PageId, ViewerId } from '@headcount/protocol';
import { FollowsParts } from './follows-parts.js';

const WRITER = `ams/${'0'.repeat(20)}` as Writer;
const ANN = 'ann' as ViewerId;
const BOB = 'bob' as ViewerId;
const id = (text: string): PageId => text as PageId;

function following(...pages: string[]): Map<PageId, Follow> {
  const follow = { ...NEVER_FOLLOWED, length: 1 };
  return new Map(pages.map((page) => [id(page), follow] as const));
}

describe('parts of an answer on follows', () => {
  it('say what unread is computed from, page by page in their order', () => {
    const follows = following('b', 'a');
    follows.set(id('b'), {
      ...{ length: 3, marks: new Map([[WRITER, 4]]), mute: { number: 2, untilMs: 99 } },
    });
    const { parts } = added([ANN, '', null], follows);
    expect(parts[0]).toEqual([
      ...[ANN, expect.any(String)],
      [
        ['a', 0, []],
        ['b', 99, [[WRITER, 4]]],
      ],
      null,
    ]);
  });

  it('have another tag where anything is another, and say so alone where nothing is', () => {
    const tag = tagOf(following('a', 'b'));
    expect(tagOf(following('b', 'a'))).toBe(tag);
    const marked = following('a', 'b');
    marked.set(id('a'), { length: 1, marks: new Map([[WRITER, 1]]), mute: NEVER_MUTED });
    expect(new Set([tag, tagOf(marked), tagOf(following('a')), tagOf(following())]).size).toBe(4);
    expect(added([ANN, tag, null], following('a', 'b')).parts).toEqual([[ANN, tag, null, null]]);
    // Whoever is in the midst of it is told the rest all the same.
    expect(added([ANN, tag, id('a')], following('a', 'b')).parts[0]?.[2]).toEqual([['b', 0, []]]);
  });

  it('end where there is no room, and go on after the last page told', () => {
    const filled = new FollowsParts(100);
    filled.add([ANN, '', null], following('x'.repeat(60), 'y'.repeat(60), 'z'));
    const [[, , rows, after] = []] = filled.parts;
    expect([rows?.length, after, filled.isFull]).toEqual([2, 'y'.repeat(60), true]);
  });

  it('tell one follow at least, however long it is, and nothing after the last', () => {
    const filled = new FollowsParts(1);
    filled.add([ANN, '', null], following('x'.repeat(60), 'z'));
    expect(filled.parts[0]?.[2]).toHaveLength(1);
    expect(added([BOB, '', id('z')], following('a')).parts[0]?.slice(2)).toEqual([[], null]);
  });

  function added(
    ask: Parameters<FollowsParts['add']>[0],
    follows: ReadonlyMap<PageId, Follow>,
  ): FollowsParts {
    const filled = new FollowsParts();
    filled.add(ask, follows);
    return filled;
  }
  const tagOf = (follows: ReadonlyMap<PageId, Follow>): string =>
    added([ANN, '', null], follows).parts[0]?.[1] ?? '';
});
