--[[
region-drop: drop the viewers of a retired region from one bucket, for good. Its durable totals stay.
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev
KEYS[3] regions          hash     what is known of the other regions
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] retired          string   the region
Returns { incarnation, seq, rev }
Refuses nothing
Retry   safe
Cost    O(counters)
Holds   V1, as nothing will come any more: the region counts as covered by whatever it may say, so nobody brings it back
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include regions
local meta, index = KEYS[1], KEYS[2]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local retired, LAST = ARGV[6], ('f'):rep(20)

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
local regions = regions_load(bucket)
local known = region_of(bucket, regions, retired)
if known.incarnation ~= LAST then
  known.incarnation, known.seq, known.changed = LAST, 0, true
  known.base = { incarnation = LAST, seq = 0 }
  local field = "\t~" .. known.number
  for _, key in ipairs(shelf_slice(bucket, 1, 0)) do
    if shelf_get(bucket, key, key .. field) then
      shelf_drop(bucket, key, key .. field)
      counter_touch(bucket, index, key)
    end
  end
  index_trim(bucket, index)
end
regions_save(bucket, regions)
bucket_close(bucket)
return { bucket.incarnation, int(bucket.seq), int(bucket.rev) }
