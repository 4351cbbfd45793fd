/** The statements of the export, beside schema.sql. Lists come as arrays, so that each is one round trip whatever their length. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SCHEMA = readFileSync(join(__dirname, 'schema.sql'), 'utf8');

/** Null where the tables are not there yet. */
export const FIND_SCHEMA = `SELECT to_regclass('headcount_counts') AS found`;

/** Two that make the schema at once would be in each other's way; the number is that of no one else. */
export const LOCK_SCHEMA = 'SELECT pg_advisory_xact_lock(4714632059)';

/** $1 region, $2 buckets. */
export const NAME_REGION = `
INSERT INTO headcount_regions (region, buckets) VALUES ($1, $2) ON CONFLICT (region) DO NOTHING`;

/** $1 region. */
export const READ_REGION = 'SELECT buckets FROM headcount_regions WHERE region = $1';

/** $1 region. */
export const READ_POSITIONS = `
SELECT bucket, incarnation, seq, rev FROM headcount_positions WHERE region = $1`;

/** So that there is a row to lock. $1 region, $2 buckets in rising order. */
export const BEGIN_POSITIONS = `
INSERT INTO headcount_positions (region, bucket, incarnation, seq, rev, exported_at)
SELECT $1, bucket, '', 0, 0, now() FROM unnest($2::int[]) AS new (bucket)
ON CONFLICT (region, bucket) DO NOTHING`;

/** In a fixed order, so that two do not wait for each other. $1 region, $2 buckets. */
export const LOCK_POSITIONS = `
SELECT bucket, incarnation, seq, rev FROM headcount_positions
WHERE region = $1 AND bucket = ANY ($2::int[]) ORDER BY bucket FOR UPDATE`;

/** $1 region, $2 pages, $3 names, $4 buckets, $5 counts, $6 incarnations, $7 revs, $8 seconds since 1970. */
export const PUT_COUNTERS = `
INSERT INTO headcount_counters AS held
  (region, page, name, bucket, count, incarnation, rev, updated_at)
SELECT $1, page, name, bucket, count, incarnation, rev, to_timestamp(seconds)
FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[])
  AS new (page, name, bucket, count, incarnation, rev, seconds)
ON CONFLICT (region, page, name) DO UPDATE SET
  bucket = excluded.bucket, count = excluded.count, incarnation = excluded.incarnation,
  rev = excluded.rev, updated_at = excluded.updated_at
WHERE (excluded.incarnation, excluded.rev) > (held.incarnation, held.rev)`;

/** $1 region, $2 buckets, $3 incarnations, $4 seqs, $5 revs. */
export const MOVE_POSITIONS = `
UPDATE headcount_positions AS held SET
  incarnation = new.incarnation, seq = new.seq, rev = new.rev, exported_at = now()
FROM unnest($2::int[], $3::text[], $4::bigint[], $5::bigint[]) AS new (bucket, incarnation, seq, rev)
WHERE held.region = $1 AND held.bucket = new.bucket`;

/** Sets aside what whole state has not told of. $1 region, $2 bucket, $3 incarnation and $4 rev that it began at. */
export const FORGET_COUNTERS = `
WITH gone AS (
  DELETE FROM headcount_counters
  WHERE region = $1 AND bucket = $2 AND (incarnation, rev) < ($3, $4::bigint) RETURNING *
)
INSERT INTO headcount_forgotten
  (region, page, name, count, incarnation, rev, updated_at, forgotten_at)
SELECT region, page, name, count, incarnation, rev, updated_at, now() FROM gone
ON CONFLICT (region, page, name, incarnation) DO NOTHING`;
