--[[
gateway-apply: take one message of a gateway's feed for one bucket, whole or not at all (docs/protocol.md §4).
KEYS[1] meta             hash     the bucket
KEYS[2] index            zset     counter -> rev
KEYS[3] gateways         hash     instance -> version stored
KEYS[4] entries          hash     counter -> 'viewers,connections' of this instance
KEYS[5] names            hash     digest key -> full name
ARGV[1] candidate        string   incarnation to begin if this Redis has forgotten
ARGV[2] seenIncarnation  string   with seenSeq and seenRev: the highest position that the caller has seen of the bucket
ARGV[3] seenSeq          integer  version
ARGV[4] seenRev          integer  version
ARGV[5] region           string   name of this region where it has peers, else empty
ARGV[6] now              integer  seconds since 1970; informational
ARGV[7] instance         string   the gateway
ARGV[8] from             integer  version; empty: whole state
ARGV[9] to               integer  version
ARGV[10] changes          list     of (counter key, full name or empty, viewers, connections)
Returns { 'taken' | 'old' | 'need', version stored, incarnation, seq, rev }
Refuses nothing; need and old change nothing
Retry   safe: a repeated message is old
Cost    O(changes); whole state also O(entries held)
Holds   R1, B1, B2
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include presence
local meta, index, gateways, entries, names = unpack(KEYS)
local candidate, seenIncarnation, seenSeq, seenRev, region = unpack(ARGV, 1, 5)
local now, instance, from, to = tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
local CHANGES = 10

local bucket = bucket_open(meta, candidate, seenIncarnation, seenSeq, seenRev, region)
local stored = tonumber(redis.call('HGET', gateways, instance) or 0)
local function answer(verdict)
  bucket_close(bucket)
  return { verdict, int(stored), bucket.incarnation, int(bucket.seq), int(bucket.rev) }
end

if (from and to <= stored) or (not from and to < stored) then return answer('old') end
if from and stored < from then return answer('need') end

local mentioned = {}
for i = CHANGES, #ARGV, 4 do
  local key, name = ARGV[i], ARGV[i + 1]
  mentioned[key] = true
  if name ~= '' then redis.call('HSET', names, key, name) end
  presence_move(bucket, index, entries, key, tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), now)
end
if not from then presence_drop_others(bucket, index, entries, mentioned, now) end
redis.call('HSET', gateways, instance, int(to))
stored = to
index_trim(bucket, index)
return answer('taken')
