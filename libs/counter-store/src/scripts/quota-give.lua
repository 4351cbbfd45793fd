--[[
quota-give: give rights in a bounded counter to another region, where this one has any (ADR 15).
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region
ARGV[6] nowMs            integer  milliseconds since 1970; empty: by the clock of Redis; informational
ARGV[7] counter          string   key of the counter
ARGV[8] stem             string   of the counter
ARGV[9] receiver         string   the region that asks, another one
ARGV[10] wanted          integer  how much it needs at least
ARGV[11] peers           string   live regions, separated by commas, that have to be pulled from before anything is given
Returns { given, rights left, incarnation, seq, rev, replid }; given is 0 where there is nothing to give, or nothing yet
Refuses nothing
Retry   safe: it gives again, and no right is lost
Cost    O(regions x writers + void amounts of the bucket)
Holds   Q1, Q2, P1, B1, B2
]]
--- @include clock
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include sum
--- @include writers
--- @include regions
--- @include quota
local meta, index = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local nowMs, counter, stem, receiver = clock_ms(ARGV[6]), ARGV[7], ARGV[8], ARGV[9]
local wanted, peers = tonumber(ARGV[10]), ARGV[11]

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
local regions = regions_load(bucket)
-- From here on what it is given counts where rights are added up.
region_of(bucket, regions, receiver)
local rights, given = quota_rights(bucket, counter, stem, regions)[region], 0
if quota_is_regained(bucket, peers) and rights > 0 then
  local known = 1
  for _ in pairs(regions.byName) do known = known + 1 end
  -- What is asked for, and of what is left then a fair share, so that it need not ask for each.
  given = math.min(rights, wanted + math.floor(math.max(0, rights - wanted) / known))
  local key = quota_key(stem, receiver)
  local account = durable_open(bucket, key)
  given = math.min(given, MAX - account.up)
  if given > 0 then
    bucket.seq = bucket.seq + 1
    account.up, account.seq, account.updated = account.up + given, bucket.seq, math.floor(nowMs / 1000)
    durable_count(bucket, key, account, given)
    durable_put(bucket, index, key, account)
    index_trim(bucket, index)
  end
end
regions_save(bucket, regions)
bucket_close(bucket)
return { int(given), int(rights - given), bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.replid }
