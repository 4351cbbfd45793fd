--[[
region-slice: all counters of one slice of a bucket, for a peer that takes whole state (docs/protocol.md §8).
KEYS[1] meta             hash     the bucket
KEYS[2] names            hash     digest key -> full name
KEYS[3] operations0      hash     operation id -> record, one generation; its log beside it
KEYS[4] operations1      hash     the other generation
KEYS[5] voids            zset     'writer amount seq position key\tid' -> rev
KEYS[6] regions          hash     what is known of the other regions
KEYS[7] writers          hash     writer -> number
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] modulus          integer  a power of two
ARGV[7] number           integer  of the slice: the counters whose hash is that modulo the modulus
ARGV[8] told             integer  rev up to which records have been told
ARGV[9] recordsMax       integer  sent in one call, but for those of one rev
Returns { incarnation, seq, rev, replid, to, state }: the slice, and the records of (told, to], for no row may be told before the
        records of the operations that it counts; where those are too many, to is below rev and only they are told
Refuses nothing
Retry   safe
Cost    O(counters of the slice x (regions + writers) + recordsMax)
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
--- @include export-records
local meta, _, operations0, operations1, voids = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local modulus, number = tonumber(ARGV[6]), tonumber(ARGV[7])
local told, recordsMax = tonumber(ARGV[8]), tonumber(ARGV[9])

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
local out = export_begin(bucket, nil)
local to = records_until({ operations0 .. ':log', operations1 .. ':log', voids }, told, bucket.rev, recordsMax)
export_records(out, operations0, operations1, voids, told, to)
if to == bucket.rev then
  for _, key in ipairs(shelf_slice(bucket, modulus, number)) do export_row(out, key) end
end
return { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.replid, int(to), export_end(out) }
