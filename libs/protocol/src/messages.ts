/**
 * The HTTP messages between gateway and counter-api: docs/protocol.md §5 and §6, body by body. Rows
 * are arrays as on the wire. What a schema lets through is within bounds and needs no further
 * check, except against what only the receiver knows: its number of buckets, its list of addresses.
 */
import { z } from 'zod';
import { valueField } from './counter-value.js';
import {
  bucketField,
  bucketsField,
  countField,
  counterNameField,
  incarnationField,
  pageIdField,
  regionField,
  versionField,
  viewerIdField,
} from './fields.js';
import { BUCKETS_MAX } from './hash.js';
import {
  INTEREST_PAGES_MAX,
  INTEREST_USERS_MAX,
  pageModificationsField,
  pagesInterest,
  usersInterest,
} from './unread-messages.js';

/** Largest body of a request, in bytes. */
export const BODY_BYTES_MAX = 1_048_576;

/** Most counters that one interest request may add, and most that it may drop. */
export const INTEREST_COUNTERS_MAX = 10_000;

/** Longest address of a gateway, in characters. */
const URL_LENGTH_MAX = 2048;

/** Rows that no honest body can surpass, each taking more than 10 bytes. */
const ROWS_MAX = BODY_BYTES_MAX / 10;

/** The paths, by message. */
export const PATHS = {
  sync: '/internal/v1/sync',
  feed: '/internal/v1/feed',
  interest: '/internal/v1/interest',
  goodbye: '/internal/v1/goodbye',
  trending: '/internal/v1/trending',
  follows: '/internal/v1/follows',
  titles: '/internal/v1/titles',
  push: '/internal/v1/counters',
  digest: '/internal/v1/regions/digest',
  pull: '/internal/v1/regions/pull',
  quota: '/internal/v1/regions/quota',
} as const;

/** POST sync: the heartbeat, and how far this gateway has got in every bucket it ever sent to. */
export const syncRequest = z
  .strictObject({
    buckets: bucketsField,
    url: z.string().min(1).max(URL_LENGTH_MAX),
    heartbeat: versionField,
    /** `[bucket, to, incarnation, seq, rev]`: the own version, then the highest position seen. */
    versions: z
      .array(
        z.tuple([bucketField, countField, incarnationField, countField, countField]).readonly(),
      )
      .max(BUCKETS_MAX)
      .readonly(),
    /** Position held of the receiver's stream; null: none. */
    stream: countField.nullable(),
  })
  .readonly();
export type SyncRequest = z.infer<typeof syncRequest>;

/** What Redis has not exactly as the sync stated it. */
export const syncAnswer = z
  .object({
    region: regionField,
    /** Null: datagrams are not taken here. */
    datagramPort: z.int().min(1).max(65_535).nullable(),
    /** `[bucket, stored]` */
    stored: z
      .array(z.tuple([bucketField, countField]).readonly())
      .max(BUCKETS_MAX)
      .readonly(),
    /** Position of the gateway's stream; null: unknown here, restate the interest as a whole. */
    stream: countField.nullable(),
  })
  .readonly();
export type SyncAnswer = z.infer<typeof syncAnswer>;

const feedMessage = z
  .strictObject({
    bucket: bucketField,
    /** Null: whole state; what it does not mention is gone. */
    from: countField.nullable(),
    to: versionField,
    /** `[pageId, viewers, connections]` */
    entries: z
      .array(z.tuple([pageIdField, countField, countField]).readonly())
      .max(ROWS_MAX)
      .readonly(),
  })
  .refine(({ from, to }) => from === null || from < to, { error: 'to must be above from' })
  .readonly();
export type WireFeedMessage = z.infer<typeof feedMessage>;

/** POST feed: intervals or whole states, one a bucket. */
export const feedRequest = z
  .strictObject({ messages: z.array(feedMessage).max(BUCKETS_MAX).readonly() })
  .readonly();
export type FeedRequest = z.infer<typeof feedRequest>;

/** What became of each message, in the order asked: `[bucket, verdict, stored]`. */
export const feedAnswer = z
  .object({
    results: z
      .array(z.tuple([bucketField, z.enum(['taken', 'old', 'need']), countField]).readonly())
      .max(BUCKETS_MAX)
      .readonly(),
  })
  .readonly();
export type FeedAnswer = z.infer<typeof feedAnswer>;

const counterField = z.tuple([pageIdField, counterNameField]).readonly();
export type WireCounter = z.infer<typeof counterField>;

/** POST interest: counters that pushes are asked for, and those no longer. */
export const interestRequest = z
  .strictObject({
    /** Whether `add` replaces everything held. */
    whole: z.boolean(),
    add: z.array(counterField).max(INTEREST_COUNTERS_MAX).readonly(),
    drop: z.array(counterField).max(INTEREST_COUNTERS_MAX).readonly(),
    /** Pages whose modifications are wanted, and users whose follows are; left out: none of them changes. */
    pages: pagesInterest.optional(),
    users: usersInterest.optional(),
  })
  .readonly();
export type InterestRequest = z.infer<typeof interestRequest>;

/** Places in what an interest request asks for. */
const refusedField = z
  .object({
    counters: z.array(countField).max(INTEREST_COUNTERS_MAX).readonly(),
    users: z.array(countField).max(INTEREST_USERS_MAX).readonly(),
    pages: z.array(countField).max(INTEREST_PAGES_MAX).readonly(),
  })
  .readonly();
export type InterestRefused = z.infer<typeof refusedField>;

/** One value for each of `add`, in its order, and the stream's position. */
export const interestAnswer = z
  .object({
    stream: countField,
    values: z.array(valueField).max(INTEREST_COUNTERS_MAX).readonly(),
    /** One for each of `pages.add`, in its order. */
    pages: z.array(pageModificationsField).max(INTEREST_PAGES_MAX).readonly().optional(),
    /** Those that are not taken, as the gateway is interested in as much as one may be; left out: all are. */
    refused: refusedField.optional(),
  })
  .readonly();
export type InterestAnswer = z.infer<typeof interestAnswer>;

/** POST goodbye: the gateway stops, count it out. */
export const goodbyeRequest = z.strictObject({}).readonly();
export type GoodbyeRequest = z.infer<typeof goodbyeRequest>;

/** Out of how many buckets it was counted. */
export const goodbyeAnswer = z.object({ buckets: countField }).readonly();
export type GoodbyeAnswer = z.infer<typeof goodbyeAnswer>;

/**
 * PUT counters, counter-api -> gateway: values, and the step in their stream. The answer is 204.
 */
export const pushRequest = z
  .strictObject({
    from: countField,
    to: countField,
    values: z.array(valueField).max(ROWS_MAX).readonly(),
    pages: z.array(pageModificationsField).max(ROWS_MAX).readonly().optional(),
    /** Users whose follows are other ones now: they are to be read. */
    users: z.array(viewerIdField).max(ROWS_MAX).readonly().optional(),
  })
  .readonly();
export type PushRequest = z.infer<typeof pushRequest>;
