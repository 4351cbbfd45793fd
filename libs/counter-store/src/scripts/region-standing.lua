--[[
region-standing: where the bucket stands among the regions, after a look whether this Redis has forgotten something.
KEYS[1] meta             hash     the bucket
KEYS[2] regions          hash     what is known of the other regions
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
Returns { incarnation (empty: never used), seq, rev, stale, then per region known: name, incarnation, seq, pulledIncarnation, pulledRev }
Refuses nothing
Retry   safe
Cost    O(regions)
Holds   B1, B2
]]
--- @include bucket
--- @include regions
local meta = KEYS[1]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)

-- A bucket that nobody has ever used, and nobody claims to have seen, stays nothing at all: a look makes no work for peers.
local bucket = bucket_peek(meta)
if bucket.incarnation ~= '' or seenIncarnation ~= '' then
  bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
  bucket_close(bucket)
end
local reply = { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.stale }
for name, at in pairs(regions_load(bucket).byName) do
  for _, part in ipairs({ name, at.incarnation, int(at.seq), at.pulledIncarnation, int(at.pulledRev) }) do reply[#reply + 1] = part end
end
return reply
