/** What regions tell each other of one bucket (docs/protocol.md §8). Rows are arrays, as on the wire. */

/** What is covered of one region's bucket. A later incarnation is later whatever its seq. */
export type VectorRow = readonly [region: string, incarnation: string, seq: number];
/** What a receiver covers of a region once it has all rows, provided that it covers the base already. */
export type CoverRow = readonly [
  region: string,
  incarnation: string,
  seq: number,
  baseIncarnation: string,
  baseSeq: number,
];
/** A region in one of its incarnations. */
export type WriterRow = readonly [region: string, incarnation: string];
/** A presence register: `writer` is a place in `writers`. */
export type RegisterRow = readonly [
  writer: number,
  seq: number,
  viewers: number,
  connections: number,
];
/** What one writer has added to a durable counter and taken from it. */
export type TotalsRow = readonly [writer: number, seq: number, up: number, down: number];
/** A counter: its key, its full name where the key is a digest (else ''), and what is held of it. */
export type StateRow = readonly [
  key: string,
  name: string,
  registers: readonly RegisterRow[],
  totals: readonly TotalsRow[],
];
/** An operation as one writer has counted it: the seq of that increment, and what the writer had added by then. */
export type OperationRow = readonly [
  id: string,
  writer: number,
  key: string,
  amount: number,
  seq: number,
  position: number,
];

/** One that must not count, since that of the keeper does: writer, counter, seq and position of it. */
export type VoidRow = readonly [
  ...operation: OperationRow,
  keeper: readonly [writer: number, key: string, seq: number, position: number],
];

/**
 * A follow as it is held, whoever has made it what it is: user and page, each with its full name where it is a digest
 * (else ''); causal length; number and end of the mute; marks, `writer` being a place in `writers`.
 */
export type FollowRow = readonly [
  user: string,
  userName: string,
  page: string,
  pageName: string,
  length: number,
  muteNumber: number,
  mutedUntilMs: number,
  marks: readonly (readonly [writer: number, position: number])[],
];

/** What came into the history of a page: its entries, each with milliseconds since 1970 and what is told of it as JSON. */
export type HistoryRow = readonly [
  page: string,
  pageName: string,
  entries: readonly (readonly [eventId: string, atMs: number, json: string])[],
];

/**
 * Votes on a counter as they are held, whoever has made them what they are: its key, and its full name where that is a digest
 * (else ''); of choices whose counters have digests for keys, these and their full names; and of each voter, named as it is
 * stored, length and choice.
 */
export type VotesRow = readonly [
  key: string,
  name: string,
  choices: readonly (readonly [choice: string, key: string, name: string])[],
  votes: readonly (readonly [voter: string, length: number, choice: string])[],
];

/** A statement that is true by itself: as of `vector`, this is all there is of these counters. */
export interface BucketState {
  readonly vector: readonly VectorRow[];
  readonly writers: readonly WriterRow[];
  readonly rows: readonly StateRow[];
  readonly operations: readonly OperationRow[];
  readonly voids: readonly VoidRow[];
  readonly follows: readonly FollowRow[];
  readonly histories: readonly HistoryRow[];
  readonly votes: readonly VotesRow[];
}

/** What a region asks for: what changed after `rev`, or, with a cursor, the next part of whole state. */
export interface BucketAsk {
  readonly bucket: number;
  /** '' = nothing pulled yet. */
  readonly incarnation: string;
  readonly rev: number;
  readonly vector: readonly VectorRow[];
  readonly cursor: string | null;
}

/** One part of an answer. The engine looks at everything but `state`. */
export interface BucketPart {
  readonly bucket: number;
  readonly incarnation: string;
  /** Null: a part of whole state. */
  readonly from: number | null;
  readonly to: number;
  /** What the receiver covers with this part; null: more is to come. */
  readonly covers: readonly CoverRow[] | null;
  readonly cursor: string | null;
  readonly slice: readonly [modulus: number, number: number] | null;
  readonly state: BucketState;
}

/** How far a bucket has pulled from one peer. */
export interface Pulled {
  readonly incarnation: string;
  readonly rev: number;
}

/** 'need': the part does not follow on what is pulled, which the answer states. */
export type MergeVerdict = 'taken' | 'need';
