/**
 * Goal    the queue holds what was put in and not taken out, and serves owners in turn.
 * Method  random histories, against a list for each owner that is searched from its beginning.
 */
import fc from 'fast-check';
import { FairQueue } from './fair-queue.js';

interface Item {
  readonly name: string;
}
const owners = ['ann', 'bob', 'cleo'].map((name) => ({ name }));
const items: readonly Item[] = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name }));

/** The lines of owners as plain lists; the owner whose turn it is comes first. */
class Lists {
  private lines: { owner: object; items: Item[] }[] = [];

  put(item: Item, owner: object): void {
    const line = this.lines.find((each) => each.owner === owner);
    if (line?.items.includes(item)) return;
    this.delete(item);
    const held = this.lines.find((each) => each.owner === owner);
    if (held) held.items.push(item);
    else this.lines.push({ owner, items: [item] });
  }

  delete(item: Item): void {
    for (const line of this.lines) line.items = line.items.filter((each) => each !== item);
    this.lines = this.lines.filter((line) => line.items.length > 0);
  }

  take(count: number): Item[] {
    const taken: Item[] = [];
    while (taken.length < count) {
      const line = this.lines.shift();
      const item = line?.items.shift();
      if (line === undefined || item === undefined) break;
      taken.push(item);
      if (line.items.length > 0) this.lines.push(line);
    }
    return taken;
  }
}

const step = fc.oneof(
  fc.record({
    does: fc.constant('put' as const),
    item: fc.constantFrom(...items),
    owner: fc.constantFrom(...owners),
  }),
  fc.record({ does: fc.constant('delete' as const), item: fc.constantFrom(...items) }),
  fc.record({ does: fc.constant('take' as const), count: fc.nat(4) }),
);

describe('FairQueue', () => {
  it('gives what lists of each owner would give, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const [queue, lists] = [new FairQueue<Item>(), new Lists()];
        const take = (count: number): void => {
          let left = count;
          expect(queue.takeWhile(() => (left -= 1) >= 0)).toEqual(lists.take(count));
        };
        for (const made of steps) {
          if (made.does === 'take') take(made.count);
          else if (made.does === 'delete') {
            queue.delete(made.item);
            lists.delete(made.item);
          } else {
            queue.put(made.item, made.owner);
            lists.put(made.item, made.owner);
          }
        }
        take(items.length);
        expect(queue.size).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('serves who comes last with one item before the second of all others', () => {
    const queue = new FairQueue<Item>();
    const strangers = Array.from({ length: 60 }, () => ({}));
    for (const owner of strangers)
      for (let n = 0; n < 100; n += 1) queue.put({ name: `${n}` }, owner);
    const honest = { name: 'honest' };
    queue.put(honest, {});
    let left = 61;
    expect(queue.takeWhile(() => (left -= 1) >= 0)).toContain(honest);
  });
});
