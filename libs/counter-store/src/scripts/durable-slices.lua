--[[
durable-slices: all durable counters in some slices of a bucket, for a copy of them outside of Redis (docs/export.md).
KEYS[1] meta             hash     the bucket
KEYS[2] names            hash     digest key -> full name
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] modulus          integer  a power of two, the same for all slices of one walk
ARGV[7] number           integer  of the first slice: the counters whose hash is that modulo the modulus
ARGV[8] countersMax      integer  the slice in which as many have been looked at is the last one
Returns { incarnation, seq, rev, next, then per counter: full name, total, updated }: the slices from number to before next
Refuses nothing
Retry   safe
Cost    O(countersMax + counters of a slice)
Holds   B1, B2
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include durable-rows
local meta, names = KEYS[1], KEYS[2]
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local modulus, number, countersMax = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
local reply = { bucket.incarnation, int(bucket.seq), int(bucket.rev), '' }
local looked = 0
while number < modulus and looked < countersMax do
  local keys = shelf_slice(bucket, modulus, number)
  -- An empty slice is looked at too, or a bucket that has lost all its counters would be walked in one go.
  looked, number = looked + math.max(#keys, 1), number + 1
  for _, key in ipairs(keys) do durable_row(reply, bucket, names, key) end
end
reply[4] = int(number)
return reply
