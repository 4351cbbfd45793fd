--[[
lease-expire: end the leases of a bucket that are due, at most so many.
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev
KEYS[3] gateways         hash     instance -> version stored
KEYS[4] entries          hash     counter -> 'viewers,connections' of `lease`
KEYS[5] leases           zset     'key, viewer, place' -> when it ends
KEYS[6] places           hash     'key, viewer' -> in how many places; key -> how many leases
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] now              integer  milliseconds since 1970; empty: by the clock of Redis
ARGV[7] most             integer  leases to end in this call
Returns { leases ended, incarnation, seq, rev, when the next lease of the bucket ends or empty }
Refuses nothing
Retry   safe: nothing is left to end
Cost    O(leases ended)
Holds   R1, K1, K2, B1, B2
]]
--- @include clock
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include presence
--- @include lease
local meta, index, gateways, entries, leases, places = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local clockMs, most = clock_ms(ARGV[6]), tonumber(ARGV[7])

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
local book = lease_open(bucket, leases, places, clockMs)
local ended = lease_expire(book, most)
local nextMs = lease_close(book, index, gateways, entries)
index_trim(bucket, index)
bucket_close(bucket)
return { int(ended), bucket.incarnation, int(bucket.seq), int(bucket.rev), nextMs }
