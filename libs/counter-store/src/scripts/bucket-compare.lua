--[[
bucket-compare: where the bucket stands, after a look whether this Redis has forgotten something.
KEYS[1] meta             hash     the bucket
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
Returns { incarnation, seq, rev }
Refuses nothing
Retry   safe
Cost    O(1)
Holds   B1, B2
]]
--- @include bucket
local meta = KEYS[1]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
return { bucket.incarnation, int(bucket.seq), int(bucket.rev) }
