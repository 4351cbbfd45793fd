--[[
counters-read: what some counters of one bucket show, as of one instant.
KEYS[1] meta      hash    the bucket
ARGV[1] counters  list    of counter keys
Returns { incarnation, seq, rev, stale regions as 'number:name,' each, then per counter: viewers, connections, durable, updated }
Refuses nothing; an unknown counter is all zeros
Retry   safe: it writes nothing
Cost    O(counters)
Holds   nothing is changed
]]
--- @include bucket
--- @include shelf
--- @include counter
local meta = KEYS[1]
local COUNTERS = 1

local bucket = bucket_peek(meta)
local reply = { bucket.incarnation, int(bucket.seq), int(bucket.rev), bucket.stale }
for i = COUNTERS, #ARGV do
  for _, part in ipairs({ counter_view(bucket, ARGV[i]) }) do reply[#reply + 1] = part end
end
return reply
