/**
 * A version as clients carry it from one region to another: what the bucket of a page held when they wrote or read.
 * Opaque to them, so that it may change.
 */
import type { RegionVector } from '@headcount/crdt';
import { REGIONS_MAX, err, ok, regionField, type Result } from '@headcount/protocol';
import { z } from 'zod';

/** A bucket, and what was covered of it. */
export interface BucketVersion {
  readonly bucket: number;
  readonly vector: RegionVector;
}

/** Longest token taken in, in characters: REGIONS_MAX regions with the longest names. */
const TOKEN_LENGTH_MAX = 8192;

const shape = z.tuple([
  z.int().nonnegative(),
  z
    .array(z.tuple([regionField, z.string().regex(/^[0-9a-f]{20}$/), z.int().nonnegative()]))
    .max(REGIONS_MAX),
]);

/** The version as text. */
export function encodeVersion({ bucket, vector }: BucketVersion): string {
  const rows = [...vector].map(([region, { incarnation, seq }]) => [region, incarnation, seq]);
  return Buffer.from(JSON.stringify([bucket, rows])).toString('base64url');
}

/** Reads what `encodeVersion` made. */
export function decodeVersion(token: string): Result<BucketVersion, 'BAD_VERSION'> {
  if (token.length > TOKEN_LENGTH_MAX) return err('BAD_VERSION');
  const read = shape.safeParse(parsed(Buffer.from(token, 'base64url').toString('utf8')));
  if (!read.success) return err('BAD_VERSION');
  const [bucket, rows] = read.data;
  const vector = new Map(
    rows.map(([region, incarnation, seq]) => [region, { incarnation, seq }] as const),
  );
  return ok({ bucket, vector });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
