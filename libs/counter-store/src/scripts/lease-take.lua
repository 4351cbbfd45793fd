--[[
lease-take: take the marks of the buckets in which leases end by now, the earliest first.
Whoever takes one looks at its bucket, and only then marks it again: who marks meanwhile finds no mark that is about to be overwritten.
KEYS[1] due   zset     bucket -> when a lease of it ends, at the latest by then it is looked at
ARGV[1] now   integer  milliseconds since 1970; empty: by the clock of Redis
ARGV[2] most  integer  buckets to take
Returns { bucket, ... }
Refuses nothing
Retry   no: who has lost the answer has lost the marks, and the sweep finds what is due in their buckets
Cost    O(buckets taken)
Holds   a mark is taken once
]]
--- @include clock
local due = KEYS[1]
local nowMs, most = clock_ms(ARGV[1]), tonumber(ARGV[2])

local buckets = redis.call('ZRANGE', due, '-inf', ('%.0f'):format(nowMs), 'BYSCORE', 'LIMIT', 0, most)
if #buckets > 0 then redis.call('ZREM', due, unpack(buckets)) end
return buckets
