-- What each region shows of its durable counters.
CREATE TABLE headcount_counters (
  region text NOT NULL,
  page text NOT NULL,
  name text NOT NULL,
  bucket integer NOT NULL,
  -- Over all regions, as this one knows it; null where the sum is beyond 2^53 - 1.
  count bigint,
  -- As of which position of its bucket the count was read.
  incarnation text COLLATE "C" NOT NULL,
  rev bigint NOT NULL,
  -- Of the counter's last change; informational.
  updated_at timestamptz,
  PRIMARY KEY (region, page, name)
);
CREATE INDEX headcount_counters_bucket ON headcount_counters (region, bucket);

-- How far each bucket of a region has been exported.
CREATE TABLE headcount_positions (
  region text NOT NULL,
  bucket integer NOT NULL,
  incarnation text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  rev bigint NOT NULL,
  exported_at timestamptz NOT NULL,
  PRIMARY KEY (region, bucket)
);

-- What the Redis of a region has lost, as it was exported last.
CREATE TABLE headcount_forgotten (
  region text NOT NULL,
  page text NOT NULL,
  name text NOT NULL,
  count bigint,
  incarnation text COLLATE "C" NOT NULL,
  rev bigint NOT NULL,
  updated_at timestamptz,
  forgotten_at timestamptz NOT NULL,
  PRIMARY KEY (region, page, name, incarnation)
);

-- In how many buckets a region keeps its counters.
CREATE TABLE headcount_regions (
  region text PRIMARY KEY,
  buckets integer NOT NULL
);

-- One count a counter: of the region that changed it last. `agreed`: all regions show the same.
CREATE VIEW headcount_counts AS
SELECT DISTINCT ON (page, name)
  page, name, count, region, updated_at,
  min(count) OVER (PARTITION BY page, name) IS NOT DISTINCT FROM max(count) OVER (PARTITION BY page, name)
    AS agreed
FROM headcount_counters
ORDER BY page, name, updated_at DESC NULLS LAST, region;
