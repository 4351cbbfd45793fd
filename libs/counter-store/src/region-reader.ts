/** Reads a bucket for a peer: intervals, and whole state part by part. Keeps nothing between two parts. */
import { fenceArgs } from './fence.js';
import {
  choicesKey,
  followersKey,
  historiesKey,
  indexKey,
  markersKey,
  metaKey,
  namesKey,
  operationsKey,
  regionsKey,
  voidsKey,
  writersKey,
} from './keys.js';
import {
  FIRST_PLACE,
  afterPage,
  decodeCursor,
  encodeCursor,
  firstVotes,
  type FollowPlace,
  type LogPlace,
  type SlicePlace,
  type VotePlace,
  type RegionCursor,
} from './region-cursor.js';
import type { BucketAsk, BucketPart, CoverRow } from './region-part.js';
import { regionFollows, type RegionFollows } from './scripts/region-follows.js';
import { regionRecords } from './scripts/region-records.js';
import { regionSince } from './scripts/region-since.js';
import { regionSlice } from './scripts/region-slice.js';
import { regionVotes, type RegionVotes } from './scripts/region-votes.js';
import type { StoreContext } from './store-context.js';

/** Rows looked at for one part: about 100 KiB, and about 2 ms of Redis. */
export const PART_ROWS_MAX = 500;
/** Operation records told in one part, but for those of one rev, of which there are at most a batch. */
export const PART_RECORDS_MAX = 500;

/** How much one part may hold. */
export interface PartBounds {
  readonly rowsMax: number;
  readonly recordsMax: number;
}

/** As much as Redis reads in about 2 ms. */
export const PART_BOUNDS: PartBounds = {
  rowsMax: PART_ROWS_MAX,
  recordsMax: PART_RECORDS_MAX,
};

/** What was read, and from which Redis. */
export interface PartRead {
  readonly part: BucketPart;
  readonly replid: string;
}

/** See the head of the file. */
export class RegionReader {
  constructor(
    private readonly context: StoreContext,
    private readonly bounds: PartBounds,
  ) {}

  /** A part, and the replication id of the Redis that it was read from. */
  async read(ask: BucketAsk): Promise<PartRead> {
    if (ask.cursor !== null) return this.goOn(ask.bucket, decodeCursor(ask.cursor));
    const { bucket, incarnation, rev, vector } = ask;
    const { position, changed, replid } = await regionSince.run(
      this.context.redis,
      [
        metaKey(bucket),
        indexKey(bucket),
        namesKey(bucket),
        operationsKey(bucket, 0),
        operationsKey(bucket, 1),
        voidsKey(bucket),
        regionsKey(bucket),
        writersKey(bucket),
      ],
      [
        ...fenceArgs(this.context, bucket),
        incarnation,
        rev,
        JSON.stringify(vector),
        this.bounds.rowsMax,
        this.bounds.recordsMax,
      ],
    );
    this.context.seen.note(bucket, position);
    if (changed === null) return this.begin(bucket);
    const { to, state } = changed;
    const covers = to === position.rev ? changed.covers : null;
    const part = { bucket, incarnation, from: rev, to, covers, cursor: null, slice: null, state };
    return { part, replid };
  }

  /** Whole state from its beginning, with the first page of records. */
  private begin(bucket: number): Promise<PartRead> {
    return this.records(bucket, FIRST_PLACE, null);
  }

  private async goOn(bucket: number, cursor: RegionCursor): Promise<PartRead> {
    const read = await this.goOnAt(bucket, cursor);
    // What was told under an incarnation that has ended since is no beginning of this one's whole state.
    return read.part.incarnation === cursor.incarnation ? read : this.begin(bucket);
  }

  private goOnAt(bucket: number, cursor: RegionCursor): Promise<PartRead> {
    const { at } = cursor;
    if ('log' in at) return this.records(bucket, at, cursor);
    if ('user' in at) return this.follows(bucket, at, cursor);
    return 'votes' in at ? this.votes(bucket, at, cursor) : this.slice(bucket, at, cursor);
  }

  private async follows(
    bucket: number,
    { user, scan, told }: FollowPlace,
    cursor: RegionCursor,
  ): Promise<PartRead> {
    const page = await regionFollows.run(
      this.context.redis,
      [
        metaKey(bucket),
        followersKey(bucket),
        historiesKey(bucket),
        namesKey(bucket),
        markersKey(bucket),
        regionsKey(bucket),
      ],
      [...fenceArgs(this.context, bucket), user, scan, this.bounds.rowsMax],
    );
    this.context.seen.note(bucket, page.position);
    const at = page.user === '' ? firstVotes(told) : { user: page.user, scan: page.scan, told };
    return this.partBetween(bucket, page, { ...cursor, at });
  }

  private async votes(
    bucket: number,
    { votes, counter, scan, told }: VotePlace,
    cursor: RegionCursor,
  ): Promise<PartRead> {
    const { modulus } = cursor;
    const page = await regionVotes.run(
      this.context.redis,
      [metaKey(bucket), namesKey(bucket), choicesKey(bucket), regionsKey(bucket)],
      [...fenceArgs(this.context, bucket), modulus, votes, counter, scan, this.bounds.rowsMax],
    );
    this.context.seen.note(bucket, page.position);
    const goesOn = { votes: page.number, counter: page.counter, scan: page.scan, told };
    const at = page.number === modulus ? { slice: 0, told } : goesOn;
    return this.partBetween(bucket, page, { ...cursor, at });
  }

  /** A part of whole state that is neither a slice nor the last one. */
  private partBetween(
    bucket: number,
    { position: { incarnation }, replid, state }: RegionFollows | RegionVotes,
    cursor: RegionCursor,
  ): PartRead {
    const part: BucketPart = {
      ...{ bucket, incarnation, from: null, to: cursor.rev, covers: null },
      ...{ cursor: encodeCursor(cursor), slice: null, state },
    };
    return { part, replid };
  }

  private async records(
    bucket: number,
    { log, rev }: LogPlace,
    cursor: RegionCursor | null,
  ): Promise<PartRead> {
    const { position, replid, modulus, state, ...page } = await regionRecords.run(
      this.context.redis,
      [
        metaKey(bucket),
        operationsKey(bucket, 0),
        operationsKey(bucket, 1),
        voidsKey(bucket),
        regionsKey(bucket),
      ],
      [...fenceArgs(this.context, bucket), log, rev, this.bounds.recordsMax],
    );
    this.context.seen.note(bucket, position);
    const { incarnation } = position;
    const stream = cursor ?? { incarnation, rev: position.rev, modulus, vector: state.vector };
    const part: BucketPart = {
      bucket,
      incarnation,
      from: null,
      to: stream.rev,
      covers: null,
      cursor: encodeCursor({ ...stream, at: afterPage(log, page, stream.rev) }),
      slice: null,
      state,
    };
    return { part, replid };
  }

  private async slice(
    bucket: number,
    { slice, told }: SlicePlace,
    cursor: RegionCursor,
  ): Promise<PartRead> {
    const { modulus, rev, vector } = cursor;
    const { position, replid, to, state } = await regionSlice.run(
      this.context.redis,
      [
        metaKey(bucket),
        namesKey(bucket),
        operationsKey(bucket, 0),
        operationsKey(bucket, 1),
        voidsKey(bucket),
        regionsKey(bucket),
        writersKey(bucket),
      ],
      [...fenceArgs(this.context, bucket), modulus, slice, told, this.bounds.recordsMax],
    );
    this.context.seen.note(bucket, position);
    // Too many records have come since: they go first, by themselves.
    const isTold = to === position.rev;
    const isLast = isTold && slice + 1 >= modulus;
    const next = { slice: isTold ? slice + 1 : slice, told: to };
    const part: BucketPart = {
      bucket,
      incarnation: position.incarnation,
      from: null,
      to: rev,
      // Whole state leaves nothing out, so there is nothing that one must have had before.
      covers: isLast ? vector.map((row): CoverRow => [...row, '', 0]) : null,
      cursor: isLast ? null : encodeCursor({ ...cursor, at: next }),
      slice: isTold ? [modulus, slice] : null,
      state,
    };
    return { part, replid };
  }
}
