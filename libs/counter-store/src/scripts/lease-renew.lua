--[[
lease-renew: make a viewer present for a while, or go on with it; the same viewer twice is one.
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev
KEYS[3] gateways         hash     instance -> version stored
KEYS[4] entries          hash     counter -> 'viewers,connections' of `lease`
KEYS[5] names            hash     digest key -> full name
KEYS[6] leases           zset     'key, viewer, place' -> when it ends
KEYS[7] places           hash     'key, viewer' -> in how many places; key -> how many leases
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] now              integer  milliseconds since 1970; empty: by the clock of Redis
ARGV[7] key              string   counter key
ARGV[8] fullName         string   of the counter, or empty where the key says it all
ARGV[9] viewer           string   who
ARGV[10] place            string   where, in a counter that shows a viewer of several places once; else empty
ARGV[11] ttlMs            integer  for how long
ARGV[12] leasesMax        integer  leases that a counter whose places have names may have; one that is there already is always renewed
ARGV[13] perViewerMax     integer  of these, of one viewer
Returns { 'leased', incarnation, seq, rev, stale regions, when the next lease of the bucket ends, viewers, connections, durable, updated }
Refuses { 'refused', 'TOO_MANY' }: the counter has as many; { 'refused', 'TOO_MANY_OF_VIEWER' }: the viewer has; what was due has ended all
        the same
Retry   safe: it is renewed again
Cost    O(log leases), and what is due, at most 100
Holds   R1, K1, K2, B1, B2
]]
--- @include clock
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include presence
--- @include lease
local meta, index, gateways, entries, names, leases, places = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local clockMs, key, fullName, viewer, place = clock_ms(ARGV[6]), unpack(ARGV, 7, 10)
local ttlMs, leasesMax, perViewerMax = tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13])
local DUE_MAX = 100

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
local book = lease_open(bucket, leases, places, clockMs)
lease_expire(book, DUE_MAX)
local member = key .. '\t' .. viewer .. '\t' .. place
local refusal
if place ~= '' and not redis.call('ZSCORE', leases, member) then
  local ofAll, ofViewer = unpack(redis.call('HMGET', places, key, key .. '\t' .. viewer))
  if tonumber(ofViewer or 0) >= perViewerMax then refusal = 'TOO_MANY_OF_VIEWER'
  elseif tonumber(ofAll or 0) >= leasesMax then refusal = 'TOO_MANY' end
end
if not refusal then
  if fullName ~= '' then redis.call('HSET', names, key, fullName) end
  lease_set(book, member, ttlMs)
end
local nextMs = lease_close(book, index, gateways, entries)
index_trim(bucket, index)
bucket_close(bucket)
if refusal then return { 'refused', refusal } end
return { 'leased', bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.stale, nextMs, counter_view(bucket, key) }
