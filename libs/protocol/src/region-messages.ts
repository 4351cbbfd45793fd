/**
 * The HTTP messages between regions: docs/protocol.md §8, body by body. What a schema lets through is within bounds;
 * names and keys inside `state` are another region's own and are taken as they are.
 */
import { z } from 'zod';
import { BUCKETS_MAX } from './hash.js';
import {
  REGIONS_MAX,
  amountField,
  bucketField,
  bucketsField,
  countField,
  incarnationField,
  regionField,
  regionsField,
  versionField,
} from './fields.js';

/** Longest wait for news that one digest may ask for, in milliseconds. */
export const DIGEST_WAIT_MS_MAX = 30_000;
/** Most positions in one digest. */
export const DIGEST_POSITIONS_MAX = 4096;
/** Most buckets asked for in one pull. */
export const PULL_ASKS_MAX = 256;
/** A pull's answer ends with the part that fills this many bytes. */
export const PULL_BYTES = 512 * 1024;

const instanceField = z.string().regex(/^[0-9a-f]{32}$/);
const heartbeatsField = z
  .array(z.tuple([regionField, countField]).readonly())
  .max(REGIONS_MAX)
  .readonly();

/** POST digest: who asks, and since when it wants to know. */
export const digestRequest = z
  .strictObject({
    region: regionField,
    buckets: bucketsField,
    retired: regionsField,
    /** `[instance, clock]` of the last digest; null: from the beginning. */
    after: z.tuple([instanceField, countField]).readonly().nullable(),
    waitMs: z.int().min(0).max(DIGEST_WAIT_MS_MAX),
  })
  .readonly();
export type DigestRequest = z.infer<typeof digestRequest>;

/** The buckets that changed, and what that region has heard. */
export const digestAnswer = z
  .object({
    region: regionField,
    instance: instanceField,
    clock: countField,
    heartbeats: heartbeatsField,
    retired: regionsField,
    /** Regions that are not stale there. */
    fresh: regionsField,
    /** `[bucket, incarnation, rev]` */
    positions: z
      .array(z.tuple([bucketField, incarnationField, countField]).readonly())
      .max(DIGEST_POSITIONS_MAX)
      .readonly(),
  })
  .readonly();
export type DigestAnswer = z.infer<typeof digestAnswer>;

const vectorField = z
  .array(z.tuple([regionField, incarnationField, countField]).readonly())
  .max(REGIONS_MAX)
  .readonly();

const cursorField = z.string().max(16_384).nullable();

const ask = z
  .strictObject({
    bucket: bucketField,
    incarnation: incarnationField,
    rev: countField,
    vector: vectorField,
    cursor: cursorField,
  })
  .readonly();

/** POST pull: one ask a bucket. */
export const pullRequest = z
  .strictObject({ region: regionField, asks: z.array(ask).max(PULL_ASKS_MAX).readonly() })
  .readonly();
export type PullRequest = z.infer<typeof pullRequest>;

const idField = z.string().max(256);
const keyField = z.string().max(1024);
const operationFields = [
  idField,
  countField,
  keyField,
  amountField,
  countField,
  countField,
] as const;
const operationRow = z.tuple(operationFields).readonly();
const keeperField = z.tuple([countField, keyField, countField, countField]).readonly();
const voidRow = z.tuple([...operationFields, keeperField]).readonly();
const markRow = z.tuple([countField, versionField]).readonly();
const historyRow = z
  .tuple([
    keyField,
    keyField,
    z.array(z.tuple([idField, countField, z.string().max(16_384)]).readonly()).readonly(),
  ])
  .readonly();
const followRow = z
  .tuple([
    keyField,
    keyField,
    keyField,
    keyField,
    versionField,
    countField,
    countField,
    z.array(markRow).readonly(),
  ])
  .readonly();
const choiceField = z.string().regex(/^[A-Za-z0-9_.-]{0,32}$/);
/** Who has not voted has no choice. */
const voteField = z
  .tuple([keyField, versionField, choiceField])
  .refine(([, length, choice]) => length % 2 === 1 || choice === '')
  .readonly();
const votesRow = z
  .tuple([
    keyField,
    keyField,
    z.array(z.tuple([choiceField, keyField, keyField]).readonly()).readonly(),
    z.array(voteField).readonly(),
  ])
  .readonly();
const totalsRow = z.tuple([countField, countField, countField, countField]).readonly();

const state = z
  .object({
    vector: vectorField,
    writers: z.array(z.tuple([regionField, incarnationField]).readonly()).readonly(),
    rows: z
      .array(
        z
          .tuple([
            z.string().max(1024),
            z.string().max(1024),
            z.array(totalsRow).readonly(),
            z.array(totalsRow).readonly(),
          ])
          .readonly(),
      )
      .readonly(),
    operations: z.array(operationRow).readonly(),
    voids: z.array(voidRow).readonly(),
    follows: z.array(followRow).readonly(),
    histories: z.array(historyRow).readonly(),
    votes: z.array(votesRow).readonly(),
  })
  .readonly();

const part = z
  .object({
    bucket: bucketField,
    incarnation: incarnationField,
    /** Null: a part of whole state. */
    from: countField.nullable(),
    to: countField,
    covers: z
      .array(
        z
          .tuple([regionField, incarnationField, countField, incarnationField, countField])
          .readonly(),
      )
      .max(REGIONS_MAX)
      .readonly()
      .nullable(),
    cursor: cursorField,
    slice: z.tuple([versionField, countField]).readonly().nullable(),
    state,
  })
  .readonly();
export type WirePart = z.infer<typeof part>;

/** Parts in the order of the asks, as many as fit. */
export const pullAnswer = z.object({ parts: z.array(part).max(BUCKETS_MAX).readonly() }).readonly();
export type PullAnswer = z.infer<typeof pullAnswer>;
