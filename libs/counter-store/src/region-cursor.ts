/** Where whole state goes on: opaque to whoever asks, so that the answering side keeps nothing of a stream. */
import type { VectorRow } from './region-part.js';

/** The logs are told first, then follows and histories, then votes, then the slices: a record is known before what it stands for. */
export type CursorPlace = LogPlace | FollowPlace | VotePlace | SlicePlace;

/** Which user's follows, or which page's history, are next or gone on with, and up to which rev records have been told. */
export interface FollowPlace {
  readonly user: string;
  readonly scan: string;
  readonly told: number;
}

/** Of which slice, which counter's votes are next or gone on with (region-votes.lua), and up to which rev records have been told. */
export interface VotePlace {
  readonly votes: number;
  readonly counter: string;
  readonly scan: string;
  readonly told: number;
}

/** Which slice is next, and up to which rev records have been told. */
export interface SlicePlace {
  readonly slice: number;
  readonly told: number;
}

/** Up to which rev a log has been told. */
export interface LogPlace {
  readonly log: (typeof LOGS)[number];
  readonly rev: number;
}

const LOGS = ['operations0', 'operations1', 'voids'] as const;

/** One stream of whole state. `rev` and `vector` are those of its beginning: all before them is told by its end. */
export interface RegionCursor {
  readonly incarnation: string;
  readonly rev: number;
  readonly modulus: number;
  readonly vector: readonly VectorRow[];
  readonly at: CursorPlace;
}

/** As text. */
export function encodeCursor(cursor: RegionCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** What `encodeCursor` made. Cursors come from signed requests of peers, so another text is a mistake and throws. */
export function decodeCursor(text: string): RegionCursor {
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as RegionCursor;
}

/** Where a stream begins. */
export const FIRST_PLACE: LogPlace = { log: LOGS[0], rev: 0 };

/** Where votes begin; `told`: up to which rev records have been told. */
export const firstVotes = (told: number): VotePlace => ({ votes: 0, counter: '', scan: '', told });

/**
 * The place after a page of a log; `to` null: the page was the last one. `begunAt`: the rev at the beginning, up to which
 * the pages have told all.
 */
export function afterPage(
  log: LogPlace['log'],
  {
    to,
    hasFollowers,
    hasVotes,
  }: {
    readonly to: number | null;
    readonly hasFollowers: boolean;
    readonly hasVotes: boolean;
  },
  begunAt: number,
): CursorPlace {
  if (to !== null) return { log, rev: to };
  const next = LOGS[LOGS.indexOf(log) + 1];
  if (next !== undefined) return { log: next, rev: 0 };
  if (hasFollowers) return { user: '', scan: '0', told: begunAt };
  return hasVotes ? firstVotes(begunAt) : { slice: 0, told: begunAt };
}
