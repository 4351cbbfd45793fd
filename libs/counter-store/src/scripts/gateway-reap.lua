--[[
gateway-reap: count a gateway out of one bucket, if it has not moved since the caller looked.
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev
KEYS[3] gateways         hash     instance -> version stored
KEYS[4] entries          hash     counter -> 'viewers,connections' of this instance
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] now              integer  seconds since 1970; informational
ARGV[7] instance         string   the gateway
ARGV[8] version          integer  what the caller saw stored of it; empty: whatever is stored, for a gateway that says goodbye
Returns { 'reaped' | 'moved' }
Refuses nothing; moved changes nothing
Retry   safe: nothing is left to count out
Cost    O(entries of the instance)
Holds   R1, B1, B2
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include presence
local meta, index, gateways, entries = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local now, instance, version = tonumber(ARGV[6]), ARGV[7], ARGV[8]

if version ~= '' and redis.call('HGET', gateways, instance) ~= version then return { 'moved' } end
local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
presence_drop_others(bucket, index, entries, {}, now)
redis.call('HDEL', gateways, instance)
index_trim(bucket, index)
bucket_close(bucket)
return { 'reaped' }
