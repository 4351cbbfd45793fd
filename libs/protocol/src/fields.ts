/**
 * The fields that several messages are made of. Every one has bounds: what passes needs no further
 * check.
 */
import { isWriter, type Writer } from '@headcount/crdt';
import { z } from 'zod';
import { parseCounterName, type CounterName } from './counter-name.js';
import { BUCKETS_MAX, BUCKETS_MIN } from './hash.js';
import { isPageId, type PageId } from './page-id.js';
import { parseViewerId, type ViewerId } from './viewer-id.js';

/** A number of things, a version or a position in a stream: a safe integer from 0 on. */
export const countField = z.int().nonnegative();

/** A version that something was written under: 0 stands for nothing. */
export const versionField = z.int().positive();

/** What a counter shows. Below 0 where a plain counter was lowered more often than raised. */
export const amountField = z.int();

/** The number of a bucket. The receiver compares it with its own number of buckets. */
export const bucketField = z
  .int()
  .min(0)
  .max(BUCKETS_MAX - 1);

/** How many buckets a deployment has. */
export const bucketsField = z.int().min(BUCKETS_MIN).max(BUCKETS_MAX);

/** A page id in its normalised form. */
export const pageIdField = z.custom<PageId>((raw) => typeof raw === 'string' && isPageId(raw), {
  error: 'not a page id',
});

/** A viewer id, or that of a user. */
export const viewerIdField = z.custom<ViewerId>(
  (raw) => typeof raw === 'string' && parseViewerId(raw).ok,
  { error: 'not a viewer id' },
);

/** A region in one of its incarnations. */
export const writerField = z.custom<Writer>((raw) => isWriter(raw), {
  error: 'not a writer',
});

/** A counter name. */
export const counterNameField = z.custom<CounterName>(
  (raw) => typeof raw === 'string' && parseCounterName(raw).ok,
  { error: 'not a counter name' },
);

/** The life of a bucket: 20 hex digits, or '' where none has been seen. */
export const INCARNATION = /^(?:[0-9a-f]{20})?$/;
export const incarnationField = z.string().regex(INCARNATION);

/** The name of a region, as it stands in keys and answers. */
export const REGION_NAME = /^[a-z][a-z0-9-]{0,31}$/;
export const regionField = z.string().regex(REGION_NAME);

/** Most regions of a deployment. */
export const REGIONS_MAX = 64;

/** Names of regions. */
export const regionsField = z.array(regionField).max(REGIONS_MAX).readonly();
