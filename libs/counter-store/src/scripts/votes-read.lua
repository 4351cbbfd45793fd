--[[
votes-read: votes on counters of one bucket, and what these show, as of one instant.
KEYS[1] meta    hash  the bucket
ARGV[1] asks    list  of (counter key, voter or digest)
Returns { incarnation, seq, rev, stale regions as 'number:name,' each, then per ask: length, choice, viewers, connections, durable, updated }
Refuses nothing; who has never voted has length 0
Retry   safe: it writes nothing
Cost    O(asks)
Holds   nothing is changed
]]
--- @include bucket
--- @include shelf
--- @include counter
--- @include index
--- @include sum
--- @include writers
--- @include votes
local meta = KEYS[1]
local ASKS = 1

local bucket = bucket_peek(meta)
local reply = { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.stale }
for i = ASKS, #ARGV, 2 do
  local vote = vote_get(bucket, ARGV[i], ARGV[i + 1])
  for _, part in ipairs({ int(vote.length), vote.choice, counter_view(bucket, ARGV[i]) }) do reply[#reply + 1] = part end
end
return reply
