/** A copy is told of changes at once, and of there being none seldom. */
import type { Position } from '@headcount/crdt';
import { BucketCopies } from './bucket-copies.js';

const at = (rev: number): Position => ({ incarnation: 'A', seq: 0, rev });
const ROW = { pageId: 'home', name: 'likes', total: 1, updatedAtMs: null };

describe('copies of buckets', () => {
  const clock = { nowMs: 0 };
  let copies: BucketCopies;
  beforeEach(() => {
    clock.nowMs = 0;
    copies = new BucketCopies(() => clock.nowMs);
    copies.takeOver(new Map([[7, at(10)]]));
  });

  it('write changes at once, from where the copy stands', () => {
    expect(copies.part(7, at(13), at(12), [ROW])).toEqual({
      ...{ bucket: 7, asOf: at(13), rows: [ROW] },
      move: { kind: 'interval', from: at(10), to: at(12) },
    });
  });

  it('look on without a write where nothing durable has changed, and tell so after a minute', () => {
    expect(copies.part(7, at(20), at(20), [])).toBeNull();
    expect([copies.of(7), copies.heldBy(7)]).toEqual([at(20), at(10)]);
    clock.nowMs = 60_000;
    const move = { kind: 'interval', from: at(10), to: at(21) };
    expect(copies.part(7, at(21), at(21), [])).toMatchObject({ rows: [], move });
    copies.wrote(7, at(21));
    expect(copies.part(7, at(22), at(22), [])).toBeNull();
  });

  it('say nothing of a bucket in which nothing has changed at all', () => {
    clock.nowMs = 60_000;
    expect(copies.part(7, at(10), at(10), [])).toBeNull();
  });

  it('go back to where the sink says that it stands', () => {
    copies.part(7, at(20), at(20), []);
    copies.takeOver(new Map([[7, at(10)]]));
    expect(copies.of(7)).toEqual(at(20));
    copies.takeOver(new Map([[7, at(9)]]));
    expect(copies.of(7)).toEqual(at(9));
    copies.takeOver(new Map());
    expect(copies.of(7)).toEqual({ incarnation: '', seq: 0, rev: 0 });
  });
});
