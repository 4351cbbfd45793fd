--[[
region-records: operation records and void amounts of a bucket, a page of them, for a peer that takes whole state.
KEYS[1] meta             hash     the bucket
KEYS[2] operations0      hash     operation id -> record, one generation; its log beside it
KEYS[3] operations1      hash     the other generation
KEYS[4] voids            zset     'writer amount seq position key\tid' -> rev
KEYS[5] regions          hash     what is known of the other regions
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] log              string   which of the three: operations0, operations1 or voids
ARGV[7] rev              integer  up to which the peer has read it
ARGV[8] recordsMax       integer  sent in one call, but for those of one rev
Returns { incarnation, seq, rev, replid, to, modulus, followers, votes, state }: told are those of (rev, to]; to is empty where none are left after it;
        followers is above 0 where there are follows or histories to be told of, too; votes: how many there are
Refuses nothing
Retry   safe
Cost    O(recordsMax)
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
local meta, operations0, operations1, voids = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local log, rev, recordsMax = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
bucket_close(bucket)
local generation = log == 'operations1' and operations1 or operations0
local key = log == 'voids' and voids or generation .. ':log'
local after = '(' .. int(rev)
local over = redis.call('ZRANGE', key, after, '+inf', 'BYSCORE', 'LIMIT', recordsMax, 1, 'WITHSCORES')
local to = over[2] and math.max(rev + 1, tonumber(over[2]) - 1)
local members = redis.call('ZRANGE', key, after, to and int(to) or '+inf', 'BYSCORE')
local out = export_begin(bucket, nil)
if log == 'voids' then export_voids(out, voids, members) else export_operations(out, generation, members) end
return { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.replid, to and int(to) or '', int(bucket.power),
  int(redis.call('EXISTS', bucket.prefix .. 'followers', bucket.prefix .. 'histories')), int(bucket.votes), export_end(out) }
