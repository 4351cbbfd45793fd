--[[
registry-forget: take an instance out of the registry, if its heartbeat is still the one that the caller saw.
KEYS[1] registry   hash     instance -> heartbeat
ARGV[1] instance   string   whom to forget
ARGV[2] heartbeat  integer  what the caller saw
Returns { 'forgotten' | 'moved' }
Refuses nothing
Retry   safe
Cost    O(1)
Holds   an instance that moved meanwhile stays
]]
local registry = KEYS[1]
local instance, heartbeat = ARGV[1], ARGV[2]

if redis.call('HGET', registry, instance) ~= heartbeat then return { 'moved' } end
redis.call('HDEL', registry, instance)
return { 'forgotten' }
