--[[
region-standing: where the bucket stands among the regions, after a look whether this Redis has forgotten something.
KEYS[1] meta             hash     the bucket
KEYS[2] regions          hash     what is known of the other regions
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
Returns { incarnation, seq, rev, stale, then per region known: name, incarnation, seq, pulledIncarnation, pulledRev }
Refuses nothing
Retry   safe
Cost    O(regions)
Holds   B1, B2
]]
--- @include bucket
--- @include regions
local meta = KEYS[1]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
local reply = { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.stale }
for name, at in pairs(regions_load(bucket).byName) do
  for _, part in ipairs({ name, at.incarnation, int(at.seq), at.pulledIncarnation, int(at.pulledRev) }) do reply[#reply + 1] = part end
end
return reply
