/** What becomes of a part, whatever the copy has already: the rule that lets an exporter crash, repeat and come late. */
import type { Position } from '@headcount/crdt';
import { judge, movedBy, type PartMove, type SinkPart } from './counter-sink.js';

const at = (incarnation: string, rev: number): Position => ({ incarnation, seq: rev, rev });
const part = (asOf: Position, move: PartMove): SinkPart => ({ bucket: 0, asOf, rows: [], move });
const interval = (incarnation: string, from: number, to: number) =>
  part(at(incarnation, to), {
    ...{ kind: 'interval', from: at(incarnation, from), to: at(incarnation, to) },
  });
const whole = (incarnation: string, begun: number) =>
  part(at(incarnation, begun + 5), { kind: 'whole', begun: at(incarnation, begun) });

describe('a copy at B, 10', () => {
  const held = at('B', 10);
  it.each([
    ['an interval that follows', interval('B', 10, 12), 'taken'],
    ['one that overlaps', interval('B', 8, 12), 'taken'],
    ['one that it has', interval('B', 8, 10), 'old'],
    ['one that leaves a gap', interval('B', 11, 12), 'need'],
    ['one of a later incarnation, of which it has nothing', interval('C', 0, 12), 'need'],
    ['one of an earlier incarnation, however far', interval('A', 10, 99), 'old'],
    ['whole state of a later incarnation', whole('C', 0), 'taken'],
    ['whole state of its own, begun later', whole('B', 11), 'taken'],
    ['whole state that it is beyond', whole('B', 9), 'old'],
    ['part of whole state of a later incarnation', part(at('C', 0), null), 'taken'],
    ['part of whole state of an earlier incarnation', part(at('A', 99), null), 'old'],
  ] as const)('judges %s', (_, given, verdict) => {
    expect(judge(held, given)).toBe(verdict);
  });

  it('moves to the end of an interval, to the beginning of whole state, and with part of it nowhere', () => {
    expect(movedBy(held, interval('B', 10, 12))).toEqual(at('B', 12));
    expect(movedBy(held, whole('C', 3))).toEqual(at('C', 3));
    expect(movedBy(held, part(at('C', 3), null))).toBe(held);
  });
});
