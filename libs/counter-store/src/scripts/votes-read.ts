import { assert, type Position, type Vote } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { VIEW_FIELDS, integer, positionAt, staleAt, viewAt, type CounterView } from './replies.js';

/** A vote, and what its counter shows. */
export interface VoteView {
  readonly vote: Vote;
  readonly view: CounterView;
}

/** Votes in the order asked, as of one position of their bucket. */
export interface VotesRead {
  readonly position: Position;
  /** Regions whose viewers are left out. */
  readonly staleRegions: readonly string[];
  readonly votes: readonly VoteView[];
}

/** Typed door to votes-read.lua, whose header is the contract. */
export const votesRead = defineScript<VotesRead>({
  name: 'votes-read',
  keys: ['meta'],
  args: ['asks'],
  decode: (reply) => {
    const votes: VoteView[] = [];
    for (let at = 4; at < reply.length; at += VIEW_FIELDS + 2) {
      const choice = reply[at + 1];
      assert(choice !== undefined, 'a vote has a choice, or none as ""');
      votes.push({ vote: { length: integer(reply[at]), choice }, view: viewAt(reply, at + 2) });
    }
    return { position: positionAt(reply, 0), staleRegions: staleAt(reply, 3), votes };
  },
});
