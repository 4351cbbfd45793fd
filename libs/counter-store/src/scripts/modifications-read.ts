import { assert, type Position } from '@headcount/crdt';
import { defineScript } from '../define-script.js';
import { integer, positionAt } from './replies.js';

/** What is held of one page: lists of writers and positions as text, `~` for the life zero of the region. */
export interface ModificationsRow {
  /** Seconds since 1970; 0: never, or no longer known. */
  readonly updated: number;
  readonly made: string;
  readonly pairCount: number;
  /** Those that were asked for. */
  readonly pairs: string;
}

/** Rows in the order asked, as of one position of their bucket. */
export interface ModificationsRead {
  readonly position: Position;
  readonly rows: readonly ModificationsRow[];
}

/** Typed door to modifications-read.lua, whose header is the contract. */
export const modificationsRead = defineScript<ModificationsRead>({
  name: 'modifications-read',
  keys: ['meta'],
  args: ['pages'],
  decode: (reply) => {
    const rows: ModificationsRow[] = [];
    for (let at = 3; at < reply.length; at += 4) {
      const [updated, made, pairCount, pairs] = reply.slice(at, at + 4);
      assert(made !== undefined && pairs !== undefined, 'a page has four parts');
      rows.push({ updated: integer(updated), made, pairCount: integer(pairCount), pairs });
    }
    return { position: positionAt(reply, 0), rows };
  },
});
