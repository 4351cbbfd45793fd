/** Goal: whoever is due the same is sent the same bytes, made once, and nobody is sent what another one is due. */
import { FrameMaker } from './frame-maker.js';
import { Headings, type Heading } from './heading.js';
import type { Letter } from './outbox.js';

const LIKES = new Headings();
const VOTES = new Headings();
const LIKED = Buffer.from('{"data":{"likes":1}}');
const VOTED = Buffer.from('{"data":{"votes":22}}');

type Part = readonly [heading: Heading, body: Buffer | null];

/** Letters that wait in this order. */
function waiting(first: Part, ...others: readonly Part[]): Letter {
  const [second, ...rest] = others;
  const [heading, body] = first;
  return { heading, body, waits: true, next: second ? waiting(second, ...rest) : null };
}

/** Both parts, as one socket has them under these ids. */
const both = (likesId: string, votesId: string): [Part, Part] => [
  [LIKES.take(likesId), LIKED],
  [VOTES.take(votesId), VOTED],
];

describe('the frames of several letters', () => {
  it('are those of each, one after the other', () => {
    const [first, second] = both('1', '2');
    const maker = new FrameMaker();
    const [likes, votes] = [first, second].map((part) => maker.framesFrom(waiting(part)));
    const frames = maker.framesFrom(waiting(first, second));
    expect(frames).toEqual(Buffer.concat([likes ?? LIKED, votes ?? VOTED]));
    expect(frames.toString()).toMatch(/"id":"1".*"likes":1.*"id":"2".*"votes":22/);
  });

  it('are made once for sockets that are due the same', () => {
    const maker = new FrameMaker();
    const made = maker.framesFrom(waiting(...both('1', '2')));
    expect(maker.framesFrom(waiting(...both('1', '2')))).toBe(made);
  });

  it('are others in another order, under other ids, of fewer, of more and of newer values', () => {
    const [likes, votes] = both('1', '2');
    const newer: Part = [votes[0], Buffer.from('{"data":{"votes":23}}')];
    const others: readonly Letter[] = [
      waiting(votes, likes),
      waiting(...both('1', '3')),
      waiting(likes),
      waiting(likes, votes, votes),
      waiting(likes, newer),
      waiting(likes, [votes[0], null]),
    ];
    for (const other of others) {
      const maker = new FrameMaker();
      const made = maker.framesFrom(waiting(likes, votes));
      const frames = maker.framesFrom(other);
      expect(frames).not.toEqual(made);
      expect(frames).toEqual(new FrameMaker().framesFrom(other));
      // And back again.
      expect(maker.framesFrom(waiting(likes, votes))).toEqual(made);
    }
  });

  it('are nobody else’s where an id is random', () => {
    const maker = new FrameMaker();
    const [first, second] = ['a', 'b'].map((each) => each.repeat(36));
    const made = maker.framesFrom(waiting(...both(first ?? '', '1')));
    const other = maker.framesFrom(waiting(...both(second ?? '', '1')));
    expect(made.toString()).toContain(first);
    expect(other.toString()).toContain(second);
  });

  it('hold nothing of an operation that has nothing to show yet', () => {
    const maker = new FrameMaker();
    expect(maker.framesFrom(waiting([LIKES.take('1'), null])).length).toBe(0);
  });
});
