--[[
region-stale: leave out the viewers of these regions, and of no others, in one bucket.
KEYS[1] meta             hash     the bucket; stale: 'number:name,' each
KEYS[2] regions          hash     what is known of the other regions
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] stale            list     names of the regions, sorted
Returns { incarnation, seq, rev }
Refuses nothing
Retry   safe
Cost    O(regions)
Holds   B2: whoever reads or has read the bucket finds out by the rev
]]
--- @include bucket
--- @include regions
local meta = KEYS[1]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local STALE = 6

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
local regions = regions_load(bucket)
local stale = ''
for i = STALE, #ARGV do stale = stale .. region_of(bucket, regions, ARGV[i]).number .. ':' .. ARGV[i] .. ',' end
if stale ~= bucket.stale then
  -- Readers may be told of it as a gap only: every counter may show something else from now on.
  bucket.rev = bucket.rev + 1
  bucket.fromRev, bucket.stale, bucket.changed, bucket.toTell = bucket.rev, stale, true, true
  redis.call('HSET', meta, 'stale', stale, 'staleRev', int(bucket.rev))
end
regions_save(bucket, regions)
bucket_close(bucket)
return { bucket.incarnation, int(bucket.seq), int(bucket.rev) }
