--[[
region-slice: all counters of one slice of a bucket, for a peer that takes whole state (docs/protocol.md §8).
KEYS[1] meta             hash     the bucket
KEYS[2] names            hash     digest key -> full name
KEYS[3] regions          hash     what is known of the other regions
KEYS[4] writers          hash     writer -> number
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] modulus          integer  a power of two
ARGV[7] number           integer  of the slice: the counters whose hash is that modulo the modulus
Returns { incarnation, seq, rev, replid, state } with state as JSON
Refuses nothing
Retry   safe
Cost    O(counters of the slice x (regions + writers))
Holds   B1, B2
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include sum
--- @include writers
--- @include regions
--- @include json
--- @include export
local meta = KEYS[1]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local modulus, number = tonumber(ARGV[6]), tonumber(ARGV[7])

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
local out = export_begin(bucket, nil, 0)
for _, key in ipairs(shelf_slice(bucket, modulus, number)) do export_row(out, key) end
return { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.replid, export_end(out) }
