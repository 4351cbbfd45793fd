--[[
lease-mark: note in which buckets a lease is about to begin, so that its end is looked for whatever becomes of the caller.
KEYS[1] due      zset     bucket -> when a lease of it ends, at the latest by then it is looked at
ARGV[1] now      integer  milliseconds since 1970; empty: by the clock of Redis
ARGV[2] ttlMs    integer  for how long the lease will be
ARGV[3] buckets  list     where
Returns { buckets noted for the first time }
Refuses nothing
Retry   safe
Cost    O(buckets)
Holds   a mark only ever becomes earlier here
]]
--- @include clock
local due = KEYS[1]
local nowMs, ttlMs = clock_ms(ARGV[1]), tonumber(ARGV[2])
local BUCKETS = 3

local added = 0
for i = BUCKETS, #ARGV do
  added = added + redis.call('ZADD', due, 'LT', ('%.0f'):format(nowMs + ttlMs), ARGV[i])
end
return { ('%.0f'):format(added) }
